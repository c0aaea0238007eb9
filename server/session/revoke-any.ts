import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Act, discreet, recordAudit } from '../database/audit-events.ts'
import type { Queryable } from '../database/connect.ts'
import { securityEvents, sessions, users } from '../database/schema.ts'
import { recordEvent } from '../database/security-events.ts'
import { isAlive } from './revoke-sessions.ts'
import { fitting, ofPeopleWithinReach, type SessionFilter } from './sessions-of-all.ts'

const byAdministrator = (clock: Clock) => ({ revokedAt: clock.sql(), revokedReason: 'administrator' })

/** Ends one live session of somebody within reach; `null` when there is none of that id. Run in a transaction. */
export async function revokeAnySession(
  transaction: Queryable,
  clock: Clock,
  { sessionId, act }: { sessionId: string; act: Act },
): Promise<{ userId: string } | null> {
  const [revoked] = await transaction
    .update(sessions)
    .set(byAdministrator(clock))
    .where(
      and(
        eq(sessions.id, sessionId),
        isNull(sessions.revokedAt),
        isAlive(clock),
        ofPeopleWithinReach(transaction, act.actor),
      ),
    )
    .returning({ userId: sessions.userId })
  if (!revoked) return null
  const { userId } = revoked
  const event = { userId, sessionId, kind: 'session_revoked', reason: 'administrator' } as const
  await recordEvent(transaction, clock, discreet(act.origin), event)
  await recordAudit(transaction, clock, act, {
    action: 'session_revoked',
    target: { kind: 'session', id: sessionId },
    details: { userId },
  })
  return revoked
}

export type BulkRevocation = { kind: 'revoked'; sessionIds: string[] } | { kind: 'countChanged'; count: number }

/** Thrown inside the transaction, so that nothing of it stays. */
class CountChanged extends Error {
  readonly count: number
  constructor(count: number) {
    super('The count has changed')
    this.count = count
  }
}

/**
 * Ends every session within reach that fits the filter, if they are still exactly as many as was stated; else none of them. Each owner
 * finds it in their activity.
 */
export async function revokeFitting(
  database: Queryable,
  clock: Clock,
  { filter, expectedCount, act }: { filter: SessionFilter; expectedCount: number; act: Act },
): Promise<BulkRevocation> {
  try {
    const sessionIds = await database.transaction(async (transaction) => {
      const condition = and(fitting(transaction, clock, filter), ofPeopleWithinReach(transaction, act.actor))
      // Revocations of many take turns per user, in one order, so that two of these never wait for each other.
      const owners = transaction.selectDistinct({ id: sessions.userId }).from(sessions).where(condition)
      await transaction
        .select({ id: users.id })
        .from(users)
        .where(inArray(users.id, owners))
        .orderBy(users.id)
        .for('no key update')
      const revoked = await transaction
        .update(sessions)
        .set(byAdministrator(clock))
        .where(condition)
        .returning({ id: sessions.id, userId: sessions.userId })
      if (revoked.length !== expectedCount) throw new CountChanged(revoked.length)
      await tellOwners(transaction, clock, { act, owners: [...new Set(revoked.map(({ userId }) => userId))] })
      await recordAudit(transaction, clock, act, {
        action: 'sessions_revoked',
        target: { kind: 'sessions', id: null },
        details: { count: revoked.length, ...given(filter) },
      })
      return revoked.map(({ id }) => id)
    })
    return { kind: 'revoked', sessionIds }
  } catch (error) {
    if (error instanceof CountChanged) return { kind: 'countChanged', count: error.count }
    throw error
  }
}

/** The filter without what it leaves open. */
function given(filter: SessionFilter): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(filter).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  )
}

/** One event for each owner, in one statement however many they are. */
async function tellOwners(
  transaction: Queryable,
  clock: Clock,
  { act, owners }: { act: Act; owners: readonly string[] },
): Promise<void> {
  if (owners.length === 0) return
  await transaction.execute(sql`
    insert into ${securityEvents} (user_id, kind, reason, request_id, created_at)
    select owner::uuid, 'sessions_revoked', 'administrator', ${act.origin.requestId}, ${clock.sql()}
    from json_array_elements_text(${JSON.stringify(owners)}::json) as owner`)
}
