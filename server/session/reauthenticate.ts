import { and, eq, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { sessions } from '../database/schema.ts'

type Reauthentication = { userId: string; sessionId: string; tokenVersion?: number; amr?: readonly string[] }

/** Notes that the session's user has just proven who they are, by which methods (RFC 8176) if those are new, and takes the session along to a new token version. */
export async function reauthenticate(
  transaction: Queryable,
  clock: Clock,
  { userId, sessionId, tokenVersion, amr }: Reauthentication,
): Promise<void> {
  await transaction
    .update(sessions)
    .set({
      ...(tokenVersion !== undefined && { tokenVersion }),
      authenticatedAt: clock.sql(),
      ...(amr && { amr: amr.join(' ') }),
    })
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId), isNull(sessions.revokedAt)))
}
