import { and, eq, ne } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Act, discreet, recordAudit } from '../database/audit-events.ts'
import type { Queryable } from '../database/connect.ts'
import { withinReach } from '../database/reach.ts'
import { users } from '../database/schema.ts'
import { recordEvent } from '../database/security-events.ts'
import { type ActOutcome, whyUnchanged } from './act-on-user.ts'
import { leavesAnAdministrator, lockAdministrators } from './administrators.ts'

export const roles = ['user', 'support', 'admin'] as const
export type Role = (typeof roles)[number]

/** Gives a user a role. The old one stands in tokens that were issued: end their sessions in the same transaction. */
export async function changeRole(
  transaction: Queryable,
  clock: Clock,
  { userId, role, act }: { userId: string; role: Role; act: Act },
): Promise<ActOutcome> {
  await lockAdministrators(transaction)
  const [before] = await transaction
    .select({ role: users.role })
    .from(users)
    .where(eq(users.id, userId))
    .for('no key update')
  const [user] = await transaction
    .update(users)
    .set({ role })
    .where(and(eq(users.id, userId), ne(users.role, role), withinReach(act.actor), leavesAnAdministrator()))
    .returning({ email: users.email })
  if (!user || !before) return whyUnchanged(transaction, { userId, actor: act.actor, already: eq(users.role, role) })
  await recordEvent(transaction, clock, discreet(act.origin), { userId, kind: 'role_changed', reason: role })
  const details = { from: before.role, to: role }
  await recordAudit(transaction, clock, act, { action: 'role_changed', target: { kind: 'user', id: userId }, details })
  return { kind: 'done', userId, email: user.email }
}
