import { and, eq, ne } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { normalizeEmail } from './user.ts'

export const roles = ['user', 'admin'] as const
export type Role = (typeof roles)[number]

export type RoleChange = { kind: 'changed'; userId: string } | { kind: 'unchanged' } | { kind: 'unknownUser' }

/** Gives a user a role. The old one stands in tokens that were issued: end their sessions in the same transaction. */
export async function changeRole(
  transaction: Queryable,
  clock: Clock,
  { email, role, origin }: { email: string; role: Role; origin: Origin },
): Promise<RoleChange> {
  const address = eq(users.email, normalizeEmail(email))
  const [changed] = await transaction
    .update(users)
    .set({ role })
    .where(and(address, ne(users.role, role)))
    .returning({ userId: users.id })
  if (!changed) return { kind: (await transaction.$count(users, address)) > 0 ? 'unchanged' : 'unknownUser' }
  await recordEvent(transaction, clock, origin, { userId: changed.userId, kind: 'role_changed', reason: role })
  return { kind: 'changed', userId: changed.userId }
}
