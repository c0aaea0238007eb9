import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { sessions, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'

/** Why every session of a user was ended at once. */
export type RevokedAllReason =
  | 'revoked_all'
  | 'role_changed'
  | 'password_reset'
  | 'second_factors_reset'
  | 'suspended'
  | 'administrator'

type Subject = { userId: string; sessionId: string; origin: Origin }

/** Ends one live session of the user; `false` when there is none of that id, whoever it belongs to. Run in a transaction. */
export async function revokeSession(
  transaction: Queryable,
  clock: Clock,
  { userId, sessionId, origin, reason }: Subject & { reason: 'signed_out' | 'revoked' },
): Promise<boolean> {
  const revoked = await transaction
    .update(sessions)
    .set({ revokedAt: clock.sql(), revokedReason: reason })
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId), isNull(sessions.revokedAt), isAlive(clock)))
    .returning({ id: sessions.id })
  if (revoked.length === 0) return false
  const kind = reason === 'signed_out' ? 'signed_out' : 'session_revoked'
  await recordEvent(transaction, clock, origin, { userId, sessionId, kind })
  return true
}

/** Ends every live session of the user but `sessionId`, and answers their ids. Run in a transaction. */
export async function revokeOtherSessions(
  transaction: Queryable,
  clock: Clock,
  { userId, sessionId, origin, reason }: Subject & { reason: 'revoked_others' | 'password_changed' },
): Promise<string[]> {
  await lockUser(transaction, userId)
  const revoked = await transaction
    .update(sessions)
    .set({ revokedAt: clock.sql(), revokedReason: reason })
    .where(and(eq(sessions.userId, userId), ne(sessions.id, sessionId), isNull(sessions.revokedAt), isAlive(clock)))
    .returning({ id: sessions.id })
  if (revoked.length > 0 && reason === 'revoked_others')
    await recordEvent(transaction, clock, origin, { userId, sessionId, kind: 'sessions_revoked', reason })
  return revoked.map(({ id }) => id)
}

/** Ends every live session of the user and bumps the token version, so that nothing issued before counts any more (R12). */
export async function revokeAllSessions(
  transaction: Queryable,
  clock: Clock,
  {
    userId,
    sessionId,
    origin,
    reason = 'revoked_all',
  }: Omit<Subject, 'sessionId'> & { sessionId: string | null; reason?: RevokedAllReason },
): Promise<string[]> {
  await transaction
    .update(users)
    .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(eq(users.id, userId))
  const revoked = await transaction
    .update(sessions)
    .set({ revokedAt: clock.sql(), revokedReason: reason })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), isAlive(clock)))
    .returning({ id: sessions.id })
  await recordEvent(transaction, clock, origin, { userId, sessionId, kind: 'sessions_revoked', reason })
  return revoked.map(({ id }) => id)
}

/** A session is alive until it is revoked or either expiry has passed. */
export function isAlive(clock: Clock) {
  return sql`least(${sessions.idleExpiresAt}, ${sessions.absoluteExpiresAt}) > ${clock.sql()}`
}

/**
 * Revocations of many sessions take turns per user, and wait for a sign-in that is under way. No stronger a lock than that: the
 * events that others record refer to the user's row, and waiting for them here would deadlock with a single revocation.
 */
export async function lockUser(transaction: Queryable, userId: string): Promise<void> {
  await transaction.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('no key update')
}
