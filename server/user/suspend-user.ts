import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Act, discreet, recordAudit } from '../database/audit-events.ts'
import type { Queryable } from '../database/connect.ts'
import { withinReach } from '../database/reach.ts'
import { users } from '../database/schema.ts'
import { recordEvent } from '../database/security-events.ts'
import { type ActOutcome, whyUnchanged } from './act-on-user.ts'
import { leavesAnAdministrator, lockAdministrators } from './administrators.ts'

type UserAct = { userId: string; act: Act }

/** Keeps a user from signing in and refreshing. Run in a transaction, and end their sessions in it. */
export async function suspendUser(transaction: Queryable, clock: Clock, { userId, act }: UserAct): Promise<ActOutcome> {
  await lockAdministrators(transaction)
  const [user] = await transaction
    .update(users)
    .set({ suspendedAt: clock.sql() })
    .where(and(eq(users.id, userId), isNull(users.suspendedAt), withinReach(act.actor), leavesAnAdministrator()))
    .returning({ email: users.email })
  if (!user) return whyUnchanged(transaction, { userId, actor: act.actor, already: isNotNull(users.suspendedAt) })
  await recordEvent(transaction, clock, discreet(act.origin), { userId, kind: 'suspended' })
  await recordAudit(transaction, clock, act, { action: 'user_suspended', target: { kind: 'user', id: userId } })
  return { kind: 'done', userId, email: user.email }
}

/** Lifts a suspension: the user may sign in again, with nothing of what was ended. */
export async function restoreUser(transaction: Queryable, clock: Clock, { userId, act }: UserAct): Promise<ActOutcome> {
  const [user] = await transaction
    .update(users)
    .set({ suspendedAt: null })
    .where(and(eq(users.id, userId), isNotNull(users.suspendedAt), withinReach(act.actor)))
    .returning({ email: users.email })
  if (!user) return whyUnchanged(transaction, { userId, actor: act.actor, already: isNull(users.suspendedAt) })
  await recordEvent(transaction, clock, discreet(act.origin), { userId, kind: 'restored' })
  await recordAudit(transaction, clock, act, { action: 'user_restored', target: { kind: 'user', id: userId } })
  return { kind: 'done', userId, email: user.email }
}
