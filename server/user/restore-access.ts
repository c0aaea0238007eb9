import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { type Act, discreet, recordAudit } from '../database/audit-events.ts'
import type { Queryable } from '../database/connect.ts'
import { recordEvent } from '../database/security-events.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { type ActOutcome, lockReachable } from './act-on-user.ts'
import { requestPasswordReset } from './recover-password.ts'
import { removeSecondFactors, secondFactorsOf } from './second-factors.ts'

type UserAct = { userId: string; act: Act }

/** Removes the second factors of somebody who has lost them. Run in a transaction, and end their sessions in it. */
export async function resetSecondFactors(
  transaction: Queryable,
  clock: Clock,
  { userId, act }: UserAct,
): Promise<ActOutcome> {
  const user = await lockReachable(transaction, { userId, actor: act.actor })
  if (user.kind !== 'done') return user
  if ((await secondFactorsOf(transaction, userId)).length === 0) return { kind: 'unchanged' }
  await removeSecondFactors(transaction, userId)
  await recordEvent(transaction, clock, discreet(act.origin), { userId, kind: 'second_factors_reset' })
  await recordAudit(transaction, clock, act, { action: 'second_factors_reset', target: { kind: 'user', id: userId } })
  return user
}

/** Mails a user the link to a new password. Nobody else learns it: the administrator neither. A suspended user gets none. Run in a transaction. */
export async function sendPasswordReset(
  transaction: Queryable,
  dependencies: { clock: Clock; config: Config; secrets: DerivedSecrets },
  { userId, act }: UserAct,
): Promise<ActOutcome> {
  const user = await lockReachable(transaction, { userId, actor: act.actor })
  if (user.kind !== 'done') return user
  if (user.suspended) return { kind: 'notAllowed' }
  await requestPasswordReset(transaction, dependencies, { email: user.email, origin: discreet(act.origin) })
  await recordAudit(transaction, dependencies.clock, act, {
    action: 'password_reset_sent',
    target: { kind: 'user', id: userId },
  })
  return user
}
