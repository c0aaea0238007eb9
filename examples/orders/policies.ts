import { type Caller, permits, type Requirement } from '@latchkey/client'
import type { Order } from './order-book.ts'

/** The policy CanManageOrders: who may see and cancel anybody's order. What a role or scope means here is decided here. */
export const canManageOrders: Requirement = { roles: ['admin', 'support'], scopes: ['orders:manage'] }

/** Is this order yours? */
const isYours = (caller: Caller, order: Order): boolean => caller.kind === 'session' && caller.userId === order.userId

/** Whether the caller may see or cancel this very order. */
export const mayTouch = (caller: Caller, order: Order): boolean =>
  isYours(caller, order) || permits(caller, canManageOrders)
