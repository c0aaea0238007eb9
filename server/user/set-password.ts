import { eq } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { withdrawLinks } from './mailed-links.ts'

/** Sets a password that somebody else has chosen, hashed already; `false` when there is no such user. Run in a transaction, and end their sessions in it. */
export async function setPassword(
  transaction: Queryable,
  clock: Clock,
  { userId, passwordHash, origin }: { userId: string; passwordHash: string; origin: Origin },
): Promise<boolean> {
  const set = await transaction
    .update(users)
    .set({ passwordHash, passwordChangedAt: clock.sql() })
    .where(eq(users.id, userId))
    .returning({ id: users.id })
  if (set.length === 0) return false
  await withdrawLinks(transaction, { userId, purposes: ['reset_password'] })
  await recordEvent(transaction, clock, origin, { userId, kind: 'password_reset' })
  return true
}
