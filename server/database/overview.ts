import { sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Queryable, rowsOf } from './connect.ts'
import { authenticatorApps, passkeys, securityEvents, sessions, users } from './schema.ts'

/** How things stand now. */
export type Totals = {
  users: number
  suspended: number
  administrators: number
  withSecondFactor: number
  /** Live sessions. */
  sessions: number
  /** Of those, what was used within the last day. */
  activeToday: number
}

export async function countTotals(queryable: Queryable, clock: Clock): Promise<Totals> {
  const [row] = await rowsOf<Totals>(
    queryable,
    sql`
      select
        (select count(*)::int from ${users}) as users,
        (select count(*)::int from ${users} where suspended_at is not null) as suspended,
        (select count(*)::int from ${users} where role = 'admin') as administrators,
        (select count(*)::int from (
          select user_id from ${authenticatorApps} where confirmed_at is not null
          union select user_id from ${passkeys}) as protected) as "withSecondFactor",
        (select count(*)::int from ${sessions}
          where revoked_at is null and least(idle_expires_at, absolute_expires_at) > ${clock.sql()}) as sessions,
        (select count(*)::int from ${sessions}
          where revoked_at is null and least(idle_expires_at, absolute_expires_at) > ${clock.sql()}
            and last_active_at > ${clock.sql()} - interval '1 day') as "activeToday"`,
  )
  if (!row) throw new Error('Counting answered nothing')
  return row
}

/** One day of the reader's calendar, as "2026-10-03". */
export type Day = {
  day: string
  /** Live at its end, or now. */
  activeSessions: number
  signIns: number
  failures: number
  reuses: number
}

type Period = { days: number; timeZone: string }

const localDay = (timeZone: string) => (moment: ReturnType<typeof sql>) =>
  sql`(${moment} at time zone ${timeZone})::date`

/**
 * The last days, the oldest first. Ended sessions are kept for 28 days and are missing before that from the beginning and the end
 * alike, so that within this time the numbers are exact.
 */
export async function countByDay(queryable: Queryable, clock: Clock, { days, timeZone }: Period): Promise<Day[]> {
  const local = localDay(timeZone)
  const today = local(clock.sql())
  return rowsOf(
    queryable,
    sql`
      with calendar as (
        select (${today} - n)::date as day from generate_series(0, ${days}::int - 1) as n
      ), changes as (
        select ${local(sql`created_at`)} as day, 1 as change from ${sessions}
        union all
        select ${local(sql`coalesce(revoked_at, least(idle_expires_at, absolute_expires_at))`)}, -1 from ${sessions}
        where coalesce(revoked_at, least(idle_expires_at, absolute_expires_at)) <= ${clock.sql()}
      ), changed as (
        select greatest(day, ${today} - ${days}::int) as day, sum(change) as change from changes group by 1
      ), events as (
        select ${local(sql`created_at`)} as day,
          count(*) filter (where kind = 'signed_in') as sign_ins,
          count(*) filter (where kind = 'sign_in_failed') as failures,
          count(*) filter (where kind in ('token_reused', 'late_retry')) as reuses
        from ${securityEvents}
        where kind in ('signed_in', 'sign_in_failed', 'token_reused', 'late_retry')
          and created_at > ${clock.sql()} - make_interval(days => ${days + 1})
        group by 1
      )
      select to_char(calendar.day, 'YYYY-MM-DD') as day,
        coalesce((select sum(change) from changed where changed.day <= calendar.day), 0)::int as "activeSessions",
        coalesce(sign_ins, 0)::int as "signIns",
        coalesce(failures, 0)::int as failures,
        coalesce(reuses, 0)::int as reuses
      from calendar left join events on events.day = calendar.day order by 1`,
  )
}

/** Why sign-ins failed in the last days, the most frequent reason first. */
export async function countFailures(
  queryable: Queryable,
  clock: Clock,
  { days, timeZone }: Period,
): Promise<{ reason: string; count: number }[]> {
  const local = localDay(timeZone)
  return rowsOf(
    queryable,
    sql`
      select coalesce(reason, 'unknown') as reason, count(*)::int as count from ${securityEvents}
      where kind = 'sign_in_failed' and created_at > ${clock.sql()} - make_interval(days => ${days + 1})
        and ${local(sql`created_at`)} > ${local(clock.sql())} - ${days}::int
      group by 1 order by 2 desc, 1`,
  )
}
