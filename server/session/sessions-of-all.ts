import { and, desc, eq, inArray, isNull, like, lt, type SQL, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Actor } from '../database/audit-events.ts'
import type { Queryable } from '../database/connect.ts'
import { startsWith } from '../database/prefix.ts'
import { withinReach } from '../database/reach.ts'
import { sessions, users } from '../database/schema.ts'
import { type Session, sessionColumns, toSession } from './list-sessions.ts'
import { isAlive } from './revoke-sessions.ts'

/** Which live sessions, whoever they belong to; nothing means all. */
export type SessionFilter = {
  userId?: string | undefined
  /** The beginning of an address, in lower case. */
  email?: string | undefined
  /** An address, or a network in CIDR notation. */
  network?: string | undefined
  olderThanDays?: number | undefined
  inactiveForDays?: number | undefined
  kind?: string | undefined
  browser?: string | undefined
  os?: string | undefined
}

/** A session as administrators see it. */
export type AnySession = Session & { user: { id: string; email: string; name: string | null; role: string } }

/** The filter as a condition on `sessions` alone. */
export function fitting(queryable: Queryable, clock: Clock, filter: SessionFilter): SQL | undefined {
  const { userId, email, network, olderThanDays, inactiveForDays, kind, browser, os } = filter
  const daysAgo = (days: number) => sql`${clock.sql()} - make_interval(days => ${days})`
  return and(
    isNull(sessions.revokedAt),
    isAlive(clock),
    userId === undefined ? undefined : eq(sessions.userId, userId),
    email === undefined
      ? undefined
      : inArray(
          sessions.userId,
          queryable
            .select({ id: users.id })
            .from(users)
            .where(like(users.email, startsWith(email))),
        ),
    // An address with a zone, such as fe80::1%eth0, is in no network.
    network === undefined
      ? undefined
      : sql`case when ${sessions.ipAddress} ~ '^[0-9A-Fa-f:.]+$' then ${sessions.ipAddress}::inet <<= ${network}::inet else false end`,
    olderThanDays === undefined ? undefined : lt(sessions.createdAt, daysAgo(olderThanDays)),
    inactiveForDays === undefined ? undefined : lt(sessions.lastActiveAt, daysAgo(inactiveForDays)),
    kind === undefined ? undefined : eq(sessions.deviceKind, kind),
    browser === undefined ? undefined : eq(sessions.browser, browser),
    os === undefined ? undefined : eq(sessions.os, os),
  )
}

/** Sessions of people whom the actor may act on, as a condition on `sessions`. */
export function ofPeopleWithinReach(queryable: Queryable, actor: Actor): SQL | undefined {
  return inArray(sessions.userId, queryable.select({ id: users.id }).from(users).where(withinReach(actor)))
}

/** Where the next page begins: after the session that was signed in at `createdAt` (milliseconds), in the order of the list. */
export type SessionCursor = { createdAt: number; id: string }

type Page = { filter: SessionFilter; currentId: string; after?: SessionCursor | undefined; limit: number }

/** A page of live sessions across users, the newest sign-in first. */
export async function listAllSessions(
  queryable: Queryable,
  clock: Clock,
  { filter, currentId, after, limit }: Page,
): Promise<AnySession[]> {
  const last = after && sql`(${new Date(after.createdAt).toISOString()}::timestamptz, ${after.id}::uuid)`
  const rows = await queryable
    .select({
      session: sessionColumns,
      user: { id: users.id, email: users.email, name: users.name, role: users.role },
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        fitting(queryable, clock, filter),
        last === undefined ? undefined : sql`(${sessions.createdAt}, ${sessions.id}) < ${last}`,
      ),
    )
    .orderBy(desc(sessions.createdAt), desc(sessions.id))
    .limit(limit)
  return rows.map(({ session, user }) => ({ ...toSession(session, currentId, clock.now()), user }))
}

/** How many sessions a revocation by this filter would end, and how many fit it in all: those of people out of the actor's reach are left out. */
export async function countFitting(
  queryable: Queryable,
  clock: Clock,
  { filter, actor }: { filter: SessionFilter; actor: Actor },
): Promise<{ count: number; total: number }> {
  const fits = fitting(queryable, clock, filter)
  const total = queryable.$count(sessions, fits)
  const count = queryable.$count(sessions, and(fits, ofPeopleWithinReach(queryable, actor)))
  return { count: await count, total: await total }
}
