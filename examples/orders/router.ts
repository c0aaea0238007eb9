import { type LatchkeyContext, RefusedError, requires } from '@latchkey/client/trpc'
import { initTRPC, TRPCError } from '@trpc/server'
import { z } from 'zod'
import type { OrderBook } from './order-book.ts'
import { canManageOrders, mayTouch } from './policies.ts'

const trpc = initTRPC.context<LatchkeyContext & { orders: OrderBook }>().create({
  isDev: false,
  // Refusals carry their stable reason where Latchkey's own do, so that callers read both with `failureOf`.
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, reason: error instanceof RefusedError ? error.reason : shape.data.code },
  }),
})
const signedIn = trpc.procedure.use(requires())
const managing = trpc.procedure.use(requires(canManageOrders))

/** One order that the caller may touch. To everybody else it is not there: 404 tells less than 403. */
const withOrder = signedIn.input(z.strictObject({ orderId: z.uuid() })).use(({ ctx, input, next }) => {
  const order = ctx.orders.find(input.orderId)
  if (!order || !mayTouch(ctx.caller, order)) throw new TRPCError({ code: 'NOT_FOUND', message: 'NOT_FOUND' })
  return next({ ctx: { order } })
})

export const router = trpc.router({
  place: signedIn.input(z.strictObject({ item: z.string().trim().min(1).max(100) })).mutation(({ ctx, input }) => {
    if (ctx.caller.kind !== 'session') throw new TRPCError({ code: 'FORBIDDEN', message: 'NOT_ALLOWED' })
    return ctx.orders.place(ctx.caller.userId, input.item)
  }),

  mine: signedIn.query(({ ctx }) => (ctx.caller.kind === 'session' ? ctx.orders.of(ctx.caller.userId) : [])),

  everybodys: managing.query(({ ctx }) => ctx.orders.all()),

  get: withOrder.query(({ ctx }) => ctx.order),

  cancel: withOrder.mutation(({ ctx }) => ctx.orders.cancel(ctx.order)),
})

/** What clients of this service are made from. */
export type OrdersRouter = typeof router
