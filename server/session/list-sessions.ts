import { and, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { type Clock, iso } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { securityEvents, sessions } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'
import type { Device } from './open-session.ts'
import { isAlive } from './revoke-sessions.ts'

/** A signed-in device as its owner sees it; never a token or a hash. Dates are ISO 8601. */
export type Session = {
  id: string
  current: boolean
  name: string | null
  device: Device
  ipAddress: string | null
  firstIpAddress: string | null
  location: string | null
  createdAt: string
  lastActiveAt: string
  authenticatedAt: string
  expiresAt: string
  amr: string[]
}

/** A device that was signed out, and why. */
export type EndedSession = {
  id: string
  name: string | null
  device: Device
  ipAddress: string | null
  lastActiveAt: string
  endedAt: string
  reason: string
  /** Who ended it, from where: the person's other device, or for `reuse` whoever presented the old copy. `null` when no event says. */
  endedBy: { ipAddress: string | null; device: string | null } | null
}

const rememberedDays = 28
const endedLimit = 50

export const sessionColumns = {
  id: sessions.id,
  name: sessions.name,
  deviceKind: sessions.deviceKind,
  browser: sessions.browser,
  os: sessions.os,
  ipAddress: sessions.ipAddress,
  firstIpAddress: sessions.firstIpAddress,
  location: sessions.location,
  createdAt: milliseconds(sessions.createdAt),
  lastActiveAt: milliseconds(sessions.lastActiveAt),
  authenticatedAt: milliseconds(sessions.authenticatedAt),
  expiresAt: milliseconds(sql`least(${sessions.idleExpiresAt}, ${sessions.absoluteExpiresAt})`),
  amr: sessions.amr,
}

type DeviceColumns = { deviceKind: string; browser: string | null; os: string | null }

const deviceOf = ({ deviceKind, browser, os }: DeviceColumns): Device => ({
  kind: deviceKind as Device['kind'],
  browser,
  os,
})

export type SessionRow = DeviceColumns & {
  id: string
  name: string | null
  ipAddress: string | null
  firstIpAddress: string | null
  location: string | null
  createdAt: number
  lastActiveAt: number
  authenticatedAt: number
  expiresAt: number
  amr: string
}

export function toSession(row: SessionRow, currentId: string, now: number): Session {
  const current = row.id === currentId
  return {
    id: row.id,
    current,
    name: row.name,
    device: deviceOf(row),
    ipAddress: row.ipAddress,
    firstIpAddress: row.firstIpAddress,
    location: row.location,
    createdAt: iso(row.createdAt),
    // Whoever is asking is active now, whatever has been written so far.
    lastActiveAt: iso(current ? Math.max(row.lastActiveAt, now) : row.lastActiveAt),
    authenticatedAt: iso(row.authenticatedAt),
    expiresAt: iso(row.expiresAt),
    amr: row.amr.split(' '),
  }
}

type Owner = { userId: string; currentId: string }

const live = (clock: Clock, userId: string) =>
  and(eq(sessions.userId, userId), isNull(sessions.revokedAt), isAlive(clock))

/** A page of a user's sessions: at most `limit`, after the session `after` in the order of the list. */
export type SessionPage = { after?: string | undefined; limit?: number | undefined }

/** More than anybody has; a page of its own size is asked for with `limit`. */
const everySession = 1_000

/** The user's live sessions: the current one first, the others by last activity. */
export async function listSessions(
  queryable: Queryable,
  clock: Clock,
  { userId, currentId, after, limit = everySession }: Owner & SessionPage,
): Promise<Session[]> {
  const rank = sql`(${sessions.id} = ${currentId}, ${sessions.lastActiveAt}, ${sessions.id})`
  // The row that was last seen says where it stands by now; one that is not this user's has nothing after it.
  const last = sql`(select l.id = ${currentId}, l.last_active_at, l.id from ${sessions} l where l.id = ${after} and l.user_id = ${userId})`
  const rows = await queryable
    .select(sessionColumns)
    .from(sessions)
    .where(and(live(clock, userId), after === undefined ? undefined : sql`${rank} < ${last}`))
    .orderBy(desc(rank))
    .limit(limit)
  return rows.map((row) => toSession(row, currentId, clock.now()))
}

/** How many live sessions the user has, browsers and programs apart. */
export async function countSessions(
  queryable: Queryable,
  clock: Clock,
  userId: string,
): Promise<{ devices: number; apps: number }> {
  const [row] = await queryable
    .select({
      devices: sql<number>`(count(*) filter (where ${sessions.deviceKind} <> 'app'))::int`,
      apps: sql<number>`(count(*) filter (where ${sessions.deviceKind} = 'app'))::int`,
    })
    .from(sessions)
    .where(live(clock, userId))
  return row ?? { devices: 0, apps: 0 }
}

/** One live session of the user, or `null`. */
export async function findSession(
  queryable: Queryable,
  clock: Clock,
  { userId, currentId, sessionId }: Owner & { sessionId: string },
): Promise<Session | null> {
  const [row] = await queryable
    .select(sessionColumns)
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), live(clock, userId)))
  return row ? toSession(row, currentId, clock.now()) : null
}

/** Names a live session of the user; `null` when there is none of that id. */
export async function renameSession(
  queryable: Queryable,
  clock: Clock,
  { userId, currentId, sessionId, name }: Owner & { sessionId: string; name: string },
): Promise<Session | null> {
  const [row] = await queryable
    .update(sessions)
    .set({ name })
    .where(and(eq(sessions.id, sessionId), live(clock, userId)))
    .returning(sessionColumns)
  return row ? toSession(row, currentId, clock.now()) : null
}

/** The events that tell who ended a session. */
const endings = ['session_revoked', 'token_reused', 'late_retry']

/** The user's sessions that ended within the last 28 days, the latest first, with what is known of who ended them. */
export async function listEndedSessions(queryable: Queryable, clock: Clock, userId: string): Promise<EndedSession[]> {
  const endedAt = sql`coalesce(${sessions.revokedAt}, least(${sessions.idleExpiresAt}, ${sessions.absoluteExpiresAt}))`
  const since = sql`${clock.sql()} - make_interval(days => ${rememberedDays})`
  const ending = queryable
    .selectDistinctOn([securityEvents.sessionId], {
      sessionId: securityEvents.sessionId,
      byAddress: sql<string | null>`${securityEvents.ipAddress}`.as('by_address'),
      byDevice: sql<string | null>`${securityEvents.device}`.as('by_device'),
    })
    .from(securityEvents)
    .where(
      and(
        eq(securityEvents.userId, userId),
        inArray(securityEvents.kind, endings),
        sql`${securityEvents.createdAt} > ${since}`,
      ),
    )
    .orderBy(securityEvents.sessionId, desc(securityEvents.id))
    .as('ending')
  const rows = await queryable
    .select({
      ...sessionColumns,
      endedAt: milliseconds(endedAt),
      reason: sql<string>`coalesce(${sessions.revokedReason}, 'expired')`,
      endedBy: { sessionId: ending.sessionId, ipAddress: ending.byAddress, device: ending.byDevice },
    })
    .from(sessions)
    .leftJoin(ending, eq(ending.sessionId, sessions.id))
    .where(
      and(
        eq(sessions.userId, userId),
        or(sql`${sessions.revokedAt} is not null`, sql`not ${isAlive(clock)}`),
        sql`${endedAt} > ${since}`,
      ),
    )
    .orderBy(desc(endedAt))
    .limit(endedLimit)
  return rows.map(toEndedSession)
}

type EndedRow = SessionRow & {
  endedAt: number
  reason: string
  endedBy?: { sessionId: string | null; ipAddress: string | null; device: string | null } | null
}

export function toEndedSession({ endedBy, ...row }: EndedRow): EndedSession {
  return {
    id: row.id,
    name: row.name,
    device: deviceOf(row),
    ipAddress: row.ipAddress,
    lastActiveAt: iso(row.lastActiveAt),
    endedAt: iso(row.endedAt),
    reason: row.reason,
    endedBy: endedBy?.sessionId ? { ipAddress: endedBy.ipAddress, device: endedBy.device } : null,
  }
}
