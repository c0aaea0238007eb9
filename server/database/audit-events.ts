import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from './connect.ts'
import { auditEvents, users } from './schema.ts'
import type { Origin } from './security-events.ts'

export const auditActions = [
  'user_suspended',
  'user_restored',
  'role_changed',
  'second_factors_reset',
  'password_reset_sent',
  'user_signed_out',
  'sign_in_limits_lifted',
  'session_revoked',
  'sessions_revoked',
  'signing_keys_rotated',
  'signing_key_revoked',
  'administrator_set_up',
  'user_created',
  'password_set',
  'service_account_created',
  'service_key_rotated',
] as const
export type AuditAction = (typeof auditActions)[number]

/** Who acts on others. An operator acts at the machine, outside any request. */
export type Actor =
  | {
      kind: 'user'
      userId: string
      /** As their token says; an act is refused when it no longer holds. */
      role: string
      /** Roles of the people whom they may act on. */
      reach: readonly string[]
    }
  | { kind: 'operator' }

/** What every act on others is done with. */
export type Act = { actor: Actor; origin: Origin /** In the actor's own words. */; reason: string | null }

/** What is acted on; one of several `sessions` has no id. */
export type Target =
  | { kind: 'user' | 'session' | 'signing_key' | 'service_account'; id: string }
  | { kind: 'sessions' | 'signing_keys'; id: null }

type Entry = { action: AuditAction; target: Target; details?: Record<string, string | number> }

/** Writes an act down, in the transaction that does it: neither happens without the other. */
export async function recordAudit(transaction: Queryable, clock: Clock, act: Act, entry: Entry): Promise<void> {
  const { actor, origin, reason } = act
  await transaction.insert(auditEvents).values({
    actorKind: actor.kind,
    actorId: actor.kind === 'user' ? actor.userId : null,
    action: entry.action,
    targetKind: entry.target.kind,
    targetId: entry.target.id,
    reason,
    details: entry.details ?? null,
    ipAddress: origin.ipAddress,
    requestId: origin.requestId,
    createdAt: clock.sql(),
  })
}

/** The part of an administrator's request that the person it was done to may see: that it was done, not from where. */
export function discreet({ requestId }: Origin): Origin {
  return { ipAddress: null, location: null, device: null, requestId }
}

/** Which acts: by this person or on this target, of this action, since and before a moment, older than the one with id `before`. */
export type AuditFilter = {
  actorId?: string | undefined
  targetId?: string | undefined
  action?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
  before?: number | undefined
}

/** An act as administrators read it. Dates are ISO 8601; addresses are `null` for people whose accounts are gone. */
export type AuditEvent = {
  id: string
  actor: { kind: string; id: string | null; email: string | null }
  action: string
  target: { kind: string; id: string | null; email: string | null }
  reason: string | null
  details: Record<string, string | number>
  ipAddress: string | null
  requestId: string | null
  createdAt: string
}

/** A page of acts, newest first. */
export async function listAudit(queryable: Queryable, filter: AuditFilter & { limit: number }): Promise<AuditEvent[]> {
  const { actorId, targetId, action, since, until, before, limit } = filter
  const rows = await queryable
    .select()
    .from(auditEvents)
    .where(
      and(
        actorId === undefined ? undefined : eq(auditEvents.actorId, actorId),
        targetId === undefined ? undefined : eq(auditEvents.targetId, targetId),
        action === undefined ? undefined : eq(auditEvents.action, action),
        since === undefined ? undefined : gte(auditEvents.createdAt, since),
        until === undefined ? undefined : lt(auditEvents.createdAt, until),
        before === undefined ? undefined : lt(auditEvents.id, before),
      ),
    )
    .orderBy(desc(auditEvents.id))
    .limit(limit)
  const emails = await emailsOf(
    queryable,
    rows.flatMap((row) => [row.actorId, row.targetKind === 'user' ? row.targetId : null]),
  )
  return rows.map((row) => ({
    id: String(row.id),
    actor: { kind: row.actorKind, id: row.actorId, email: emails.get(row.actorId ?? '') ?? null },
    action: row.action,
    target: { kind: row.targetKind, id: row.targetId, email: emails.get(row.targetId ?? '') ?? null },
    reason: row.reason,
    details: row.details ?? {},
    ipAddress: row.ipAddress,
    requestId: row.requestId,
    createdAt: row.createdAt.toISOString(),
  }))
}

async function emailsOf(queryable: Queryable, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const known = [...new Set(ids)].filter((id) => id !== null)
  if (known.length === 0) return new Map()
  const rows = await queryable.select({ id: users.id, email: users.email }).from(users).where(inArray(users.id, known))
  return new Map(rows.map(({ id, email }) => [id, email]))
}
