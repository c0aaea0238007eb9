import { and, eq, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Queryable, rowsOf } from '../database/connect.ts'
import { erasedSessions, serviceAccounts, serviceKeys, sessions, users } from '../database/schema.ts'
import { leavesAnAdministrator, lockAdministrators } from './administrators.ts'
import { normalizeEmail } from './user.ts'

/**
 * Erases a user with everything that is theirs: sessions, events, factors, service accounts. What is left are the ids of sessions and keys
 * whose tokens may still be about, so that every instance refuses those. Answers the ids, or `null` when the address is not the user's. The last
 * administrator stays. Run in a transaction.
 */
export async function deleteUser(
  transaction: Queryable,
  clock: Clock,
  { userId, email }: { userId: string; email: string },
): Promise<string[] | 'lastAdministrator' | null> {
  await lockAdministrators(transaction)
  const [user] = await transaction
    .select({ id: users.id, last: sql<boolean>`not (${leavesAnAdministrator()})` })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.email, normalizeEmail(email))))
    .for('update')
  if (!user) return null
  if (user.last) return 'lastAdministrator'
  const erased = await rowsOf<{ id: string }>(
    transaction,
    sql`
      insert into ${erasedSessions} (id, erased_at)
      select id, ${clock.sql()} from ${sessions} where user_id = ${userId}
      union all
      select key.id, ${clock.sql()} from ${serviceKeys} as key
      join ${serviceAccounts} as account on account.id = key.account_id where account.owner_id = ${userId}
      returning id`,
  )
  await transaction.delete(users).where(eq(users.id, userId))
  return erased.map(({ id }) => id)
}
