import { and, desc, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Queryable, rowsOf } from './connect.ts'
import { securityEvents } from './schema.ts'

export type SecurityEventKind =
  | 'signed_up'
  | 'signed_in'
  | 'sign_in_failed'
  | 'signed_out'
  | 'session_revoked'
  | 'sessions_revoked'
  | 'password_changed'
  | 'password_change_failed'
  | 'late_retry'
  | 'token_reused'
  | 'role_changed'
  | 'suspended'
  | 'restored'
  | 'second_factors_reset'
  | 'sign_ins_throttled'
  | 'second_factor_failed'
  | 'reauthenticated'
  | 'reauthentication_failed'
  | 'password_reset_requested'
  | 'password_reset'
  | 'email_confirmed'
  | 'email_change_requested'
  | 'email_changed'
  | 'name_changed'
  | 'authenticator_app_added'
  | 'authenticator_app_removed'
  | 'passkey_added'
  | 'passkey_removed'
  | 'recovery_codes_replaced'
  | 'recovery_code_used'
  | 'service_account_created'
  | 'service_account_removed'
  | 'service_key_added'
  | 'service_key_revoked'

/** Who asked, from where, in which request: the part of an event that the request knows. */
export type Origin = {
  ipAddress: string | null
  /** Roughly where that address is; looked up when it is asked for. */
  readonly location: string | null
  device: string | null
  requestId: string | null
}

export type SecurityEvent = typeof securityEvents.$inferSelect

type NewEvent = { userId: string | null; sessionId?: string | null; kind: SecurityEventKind; reason?: string | null }

/** Writes one event, in the caller's transaction if it is in one, at the database's time. */
export async function recordEvent(queryable: Queryable, clock: Clock, origin: Origin, event: NewEvent): Promise<void> {
  const { ipAddress, device, requestId } = origin
  await queryable.insert(securityEvents).values({ ipAddress, device, requestId, ...event, createdAt: clock.sql() })
}

/** Which of a user's events: of certain kinds, since and before a moment, older than the one with id `before`. */
export type EventFilter = {
  kinds?: readonly string[] | undefined
  since?: Date | undefined
  until?: Date | undefined
  before?: number | undefined
}

/** A page of a user's events, newest first. */
export async function listEvents(queryable: Queryable, userId: string, filter: EventFilter & { limit: number }) {
  const { kinds, since, until, before, limit } = filter
  return queryable
    .select()
    .from(securityEvents)
    .where(
      and(
        eq(securityEvents.userId, userId),
        before === undefined ? undefined : lt(securityEvents.id, before),
        kinds === undefined ? undefined : inArray(securityEvents.kind, [...kinds]),
        since === undefined ? undefined : gte(securityEvents.createdAt, since),
        until === undefined ? undefined : lt(securityEvents.createdAt, until),
      ),
    )
    .orderBy(desc(securityEvents.id))
    .limit(limit)
}

/** How often a user signed in and failed to, for each of the last `days` days of their time zone that had either. */
export async function countSignInsByDay(
  queryable: Queryable,
  clock: Clock,
  { userId, days, timeZone }: { userId: string; days: number; timeZone: string },
): Promise<{ day: string; signIns: number; failures: number }[]> {
  const local = (moment: SQL) => sql`(${moment} at time zone ${timeZone})::date`
  return rowsOf(
    queryable,
    sql`
      select to_char(${local(sql`created_at`)}, 'YYYY-MM-DD') as day,
        (count(*) filter (where kind = 'signed_in'))::int as "signIns",
        (count(*) filter (where kind = 'sign_in_failed'))::int as failures
      from ${securityEvents}
      where user_id = ${userId} and kind in ('signed_in', 'sign_in_failed')
        and created_at > ${clock.sql()} - make_interval(days => ${days + 1})
        and ${local(sql`created_at`)} > ${local(clock.sql())} - ${days}::int
      group by 1 order by 1`,
  )
}
