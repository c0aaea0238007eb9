import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Queryable, rowsOf } from './connect.ts'
import { attempts } from './schema.ts'

/** How many attempts one subject has within a window that starts with the first of them. */
export type AttemptLimit = { name: string; attempts: number; windowSeconds: number }

export type AttemptOutcome = { kind: 'allowed' } | { kind: 'refused'; retryAfterSeconds: number }

/** The subject (an address, an account) is stored as a hash: the table is no list of who tried to sign in. */
const keyOf = (limit: AttemptLimit, subject: string) =>
  `${limit.name}:${createHash('sha256').update(subject).digest('base64url').slice(0, 32)}`

/**
 * Counts one attempt, in one statement, so that parallel attempts and all instances share the count. An attempt
 * beyond the limit does not lengthen the wait.
 */
export async function countAttempt(
  queryable: Queryable,
  clock: Clock,
  { limit, subject }: { limit: AttemptLimit; subject: string },
): Promise<AttemptOutcome> {
  const now = clock.sql()
  const window = sql`${now} + make_interval(secs => ${limit.windowSeconds})`
  const [row] = await rowsOf<{ count: number; wait: number }>(
    queryable,
    sql`
      insert into ${attempts} as counted (key, count, ends_at) values (${keyOf(limit, subject)}, 1, ${window})
      on conflict (key) do update set
        count = case when counted.ends_at <= ${now} then 1 else counted.count + 1 end,
        ends_at = case when counted.ends_at <= ${now} then ${window} else counted.ends_at end
      returning count, extract(epoch from ends_at - ${now})::float8 as wait`,
  )
  if (!row || row.count <= limit.attempts) return { kind: 'allowed' }
  return { kind: 'refused', retryAfterSeconds: Math.max(1, Math.ceil(row.wait)) }
}

/** Forgets a subject's attempts, after it has proven itself. */
export async function forgetAttempts(queryable: Queryable, limit: AttemptLimit, subject: string): Promise<void> {
  await queryable.delete(attempts).where(eq(attempts.key, keyOf(limit, subject)))
}
