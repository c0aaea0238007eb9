import { and, eq, isNull, sql } from 'drizzle-orm'
import { sessions, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import type { RefreshToken } from '../token/refresh-token.ts'
import { lockUser } from './revoke-sessions.ts'
import type { RotationDependencies } from './rotate-session.ts'

type Reuse = { presented: RefreshToken; userId: string; how: 'late_retry' | 'theft'; origin: Origin }

/**
 * Ends the session whose spent generation was presented (RFC 9700, 4.14.2). A retry that came too late is ambiguous and
 * costs this session only; a token two generations old is a copy, and with `REUSE_REVOKES=user` it costs every session
 * of the user. Answers the ids it revoked, or `null` when the row has moved on and must be looked at again.
 */
export async function endReusedSession(
  { database, clock, config }: RotationDependencies,
  { presented, userId, how, origin }: Reuse,
): Promise<string[] | null> {
  const now = clock.sql()
  const revocation = { revokedAt: now, revokedReason: 'reuse' }
  const everySession = how === 'theft' && config.reuseRevokes === 'user'
  const stillTrue =
    how === 'theft'
      ? sql`${sessions.generation} >= ${presented.generation + 2}`
      : and(
          eq(sessions.generation, presented.generation + 1),
          sql`${sessions.rotatedAt} <= ${now} - make_interval(secs => ${config.refreshRetryWindowSeconds})`,
        )
  return database.orm.transaction(async (transaction) => {
    // Users before sessions, as everywhere, so that concurrent revocations queue instead of deadlocking.
    if (everySession) await lockUser(transaction, userId)
    const [reused] = await transaction
      .update(sessions)
      .set(revocation)
      .where(
        and(eq(sessions.id, presented.sessionId), eq(sessions.userId, userId), isNull(sessions.revokedAt), stillTrue),
      )
      .returning({ id: sessions.id })
    if (!reused) return null
    const kind = how === 'theft' ? 'token_reused' : 'late_retry'
    await recordEvent(transaction, clock, origin, { userId, sessionId: reused.id, kind, reason: 'reuse' })
    if (!everySession) return [reused.id]
    await transaction
      .update(users)
      .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
      .where(eq(users.id, userId))
    const others = await transaction
      .update(sessions)
      .set(revocation)
      .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)))
      .returning({ id: sessions.id })
    return [reused.id, ...others.map(({ id }) => id)]
  })
}
