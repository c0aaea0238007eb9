import { and, desc, eq, isNotNull, isNull, like, not, or, type SQL, sql } from 'drizzle-orm'
import { type Clock, iso } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { startsWith } from '../database/prefix.ts'
import { sessions, users } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'
import { type Credentials, credentialsOf } from './credentials.ts'
import { hasSecondFactor } from './second-factors.ts'
import { normalizeEmail, toUser, type User } from './user.ts'

export type UserFilter = {
  /** The beginning of an address or a name, in any case. */
  search?: string | undefined
  role?: string | undefined
  suspended?: boolean | undefined
  secondFactor?: boolean | undefined
}

/** A user as administrators see them. */
export type ListedUser = User & {
  suspendedAt: string | null
  secondFactor: boolean
  /** Signed-in devices and programs. */
  sessionCount: number
  lastActiveAt: string | null
}

/** Where the next page begins: after the user who was created at `createdAt` (milliseconds). */
export type UserCursor = { createdAt: number; id: string }

// Written as parts: the query builder leaves the table out of a column's name where there is one table, and both have an `id`.
const owned = sql`user_id = ${users.id}`
const alive = (clock: Clock) =>
  sql`${owned} and revoked_at is null and least(idle_expires_at, absolute_expires_at) > ${clock.sql()}`

function listed(queryable: Queryable, clock: Clock, condition: SQL | undefined) {
  return queryable
    .select({
      user: users,
      secondFactor: sql<boolean>`(${hasSecondFactor()})`,
      sessionCount: sql<number>`(select count(*)::int from ${sessions} where ${alive(clock)})`,
      lastActiveAt: sql<number | null>`(
        select ${milliseconds(sql`max(last_active_at)`)} from ${sessions} where ${owned})`,
    })
    .from(users)
    .where(condition)
}

type Row = Awaited<ReturnType<typeof listed>>[number]

function toListed({ user, secondFactor, sessionCount, lastActiveAt }: Row): ListedUser {
  return {
    ...toUser(user),
    suspendedAt: user.suspendedAt?.toISOString() ?? null,
    secondFactor,
    sessionCount,
    lastActiveAt: lastActiveAt === null ? null : iso(lastActiveAt),
  }
}

/** A page of users, the newest first. */
export async function listUsers(
  queryable: Queryable,
  clock: Clock,
  {
    search,
    role,
    suspended,
    secondFactor,
    after,
    limit,
  }: UserFilter & { after?: UserCursor | undefined; limit: number },
): Promise<ListedUser[]> {
  const last = after && sql`(${new Date(after.createdAt).toISOString()}::timestamptz, ${after.id}::uuid)`
  const condition = and(
    search === undefined
      ? undefined
      : or(
          like(users.email, startsWith(normalizeEmail(search))),
          sql`lower(${users.name}) like ${startsWith(search.toLowerCase())}`,
        ),
    role === undefined ? undefined : eq(users.role, role),
    suspended === undefined ? undefined : suspended ? isNotNull(users.suspendedAt) : isNull(users.suspendedAt),
    secondFactor === undefined ? undefined : secondFactor ? hasSecondFactor() : not(hasSecondFactor() ?? sql`false`),
    last === undefined ? undefined : sql`(${users.createdAt}, ${users.id}) < ${last}`,
  )
  const rows = await listed(queryable, clock, condition).orderBy(desc(users.createdAt), desc(users.id)).limit(limit)
  return rows.map(toListed)
}

/** A user with what they sign in with, or `null`. */
export async function findListedUser(
  queryable: Queryable,
  clock: Clock,
  userId: string,
): Promise<{ user: ListedUser; credentials: Credentials } | null> {
  const [row] = await listed(queryable, clock, eq(users.id, userId))
  const credentials = row ? await credentialsOf(queryable, clock, userId) : null
  return row && credentials ? { user: toListed(row), credentials } : null
}
