import { sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { sessions, users } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'

/** What an access token and its cookies are made from. Times are milliseconds since the epoch. */
export type Bearer = {
  sessionId: string
  userId: string
  role: string
  tokenVersion: number
  amr: string
  authenticatedAt: number
  idleExpiresAt: number
  absoluteExpiresAt: number
  /** The database's clock in the statement that found or changed the session. */
  now: number
}

/** The columns of `Bearer`, for a select from sessions joined with users. */
export function bearerColumns(clock: Clock) {
  return {
    sessionId: sql<string>`${sessions.id}`.as('session_id'),
    userId: sql<string>`${sessions.userId}`.as('user_id'),
    role: users.role,
    tokenVersion: sessions.tokenVersion,
    amr: sessions.amr,
    authenticatedAt: milliseconds(sessions.authenticatedAt),
    idleExpiresAt: milliseconds(sessions.idleExpiresAt),
    absoluteExpiresAt: milliseconds(sessions.absoluteExpiresAt),
    now: milliseconds(clock.sql()),
  }
}
