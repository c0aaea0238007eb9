import { createHash } from 'node:crypto'
import { eq, type SQL, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Queryable, rowsOf } from './connect.ts'
import { attempts } from './schema.ts'

/** How many attempts one subject has within a window that starts with the first of them. A window that `grows` is twice as long for each one before it that was used up. */
export type AttemptLimit = { name: string; attempts: number; windowSeconds: number; grows?: boolean }

export type AttemptOutcome =
  | { kind: 'allowed' }
  /** `first` of its window: a reason to tell somebody. */
  | { kind: 'refused'; retryAfterSeconds: number; first: boolean }

/** The longest window is this many times as long as the first: 16 hours after 15 minutes. */
const maxDoublings = 6

/** The subject (an address, an account) is stored as a hash: the table is no list of who tried to sign in. */
const keyOf = (limit: AttemptLimit, subject: string) =>
  `${limit.name}:${createHash('sha256').update(subject).digest('base64url').slice(0, 32)}`

/**
 * Counts one attempt, in one statement, so that parallel attempts and all instances share the count. An attempt
 * beyond the limit does not lengthen the wait; a window after one that was used up is longer, until a day has passed in peace.
 */
export async function countAttempt(
  queryable: Queryable,
  clock: Clock,
  { limit, subject }: { limit: AttemptLimit; subject: string },
): Promise<AttemptOutcome> {
  const now = clock.sql()
  const window = (blocks: SQL) =>
    sql`${now} + make_interval(secs => ${limit.windowSeconds} * ${limit.grows ? sql`power(2, ${blocks})` : sql`1`})`
  const over = sql`counted.ends_at <= ${now}`
  const peaceful = sql`counted.ends_at <= ${now} - interval '1 day'`
  const blocks = sql`(case
    when not ${over} then counted.blocks
    when ${peaceful} then 0
    when counted.count > ${limit.attempts} then least(counted.blocks + 1, ${maxDoublings})
    else 0 end)`
  const [row] = await rowsOf<{ count: number; wait: number }>(
    queryable,
    sql`
      insert into ${attempts} as counted (key, count, ends_at) values (${keyOf(limit, subject)}, 1, ${window(sql`0`)})
      on conflict (key) do update set
        count = case when ${over} then 1 else counted.count + 1 end,
        blocks = ${blocks},
        ends_at = case when ${over} then ${window(blocks)} else counted.ends_at end
      returning count, extract(epoch from ends_at - ${now})::float8 as wait`,
  )
  if (!row || row.count <= limit.attempts) return { kind: 'allowed' }
  const retryAfterSeconds = Math.max(1, Math.ceil(row.wait))
  return { kind: 'refused', retryAfterSeconds, first: row.count === limit.attempts + 1 }
}

/** Forgets a subject's attempts, after it has proven itself. */
export async function forgetAttempts(queryable: Queryable, limit: AttemptLimit, subject: string): Promise<void> {
  await queryable.delete(attempts).where(eq(attempts.key, keyOf(limit, subject)))
}
