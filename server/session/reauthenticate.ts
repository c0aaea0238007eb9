import { and, eq, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { sessions } from '../database/schema.ts'

/** Notes that the session's user has just proven who they are, and takes the session along to their new token version. */
export async function reauthenticate(
  transaction: Queryable,
  clock: Clock,
  { userId, sessionId, tokenVersion }: { userId: string; sessionId: string; tokenVersion: number },
): Promise<void> {
  await transaction
    .update(sessions)
    .set({ tokenVersion, authenticatedAt: clock.sql() })
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId), isNull(sessions.revokedAt)))
}
