import { and, eq, or, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { sessions } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'
import {
  type EndedSession,
  type Session,
  type SessionRow,
  sessionColumns,
  toEndedSession,
  toSession,
} from './list-sessions.ts'
import { overlapMilliseconds } from './revocation-feed.ts'

/** One of a user's devices was signed in or out. */
export type SessionChange = { kind: 'opened'; session: Session } | { kind: 'ended'; session: EndedSession }

type Row = SessionRow & { endedAt: number | null; reason: string | null; now: number }

/**
 * What became of a user's devices since `moment` (milliseconds of database time), the oldest first, and up to when that is known. Looks back a little
 * further, past anything that was committed late: an answer may repeat what an earlier one said, and leaves nothing out.
 */
export async function listSessionChanges(
  queryable: Queryable,
  clock: Clock,
  { userId, currentId, moment }: { userId: string; currentId: string; moment: number },
): Promise<{ knownUpTo: number; changes: SessionChange[] }> {
  const since = sql`to_timestamp(${(moment - overlapMilliseconds) / 1000}::float8)`
  const changedAt = sql`coalesce(${sessions.revokedAt}, ${sessions.createdAt})`
  const rows: Row[] = await queryable
    .select({
      ...sessionColumns,
      endedAt: milliseconds(sessions.revokedAt),
      reason: sessions.revokedReason,
      now: milliseconds(clock.sql()),
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        or(sql`${sessions.createdAt} > ${since}`, sql`${sessions.revokedAt} > ${since}`),
      ),
    )
    .orderBy(changedAt, sessions.id)
  const changes = rows.map((row): SessionChange => {
    const { endedAt, reason } = row
    return endedAt === null
      ? { kind: 'opened', session: toSession(row, currentId, row.now) }
      : { kind: 'ended', session: toEndedSession({ ...row, endedAt, reason: reason ?? 'revoked' }) }
  })
  return { knownUpTo: rows[0]?.now ?? moment, changes }
}
