import { isNotNull, ne, or, sql } from 'drizzle-orm'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'

/** Any number, as long as every instance takes the same one. */
const advisoryLock = 7_305_884

/**
 * Whatever may take an administrator away takes turns, and looks only when it is its turn: two who each see the other remain would otherwise
 * leave none. Taken before any row is locked.
 */
export async function lockAdministrators(transaction: Queryable): Promise<void> {
  await transaction.execute(sql`select pg_advisory_xact_lock(${advisoryLock})`)
}

/** Whether there is an administrator without this user, as a condition on `users`; true of everybody who is none. Needs the lock. */
export function leavesAnAdministrator() {
  return or(
    ne(users.role, 'admin'),
    isNotNull(users.suspendedAt),
    sql`exists (
      select 1 from ${users} other
      where other.role = 'admin' and other.suspended_at is null and other.id <> ${users.id})`,
  )
}
