import { eq } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { toUser, type User } from './user.ts'

/** Changes what a user is called; `null` takes the name away. Run in a transaction. */
export async function renameUser(
  transaction: Queryable,
  clock: Clock,
  { userId, name, origin }: { userId: string; name: string | null; origin: Origin },
): Promise<User | null> {
  const [row] = await transaction.update(users).set({ name }).where(eq(users.id, userId)).returning()
  if (!row) return null
  await recordEvent(transaction, clock, origin, { userId, kind: 'name_changed' })
  return toUser(row)
}
