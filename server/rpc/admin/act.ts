import { z } from 'zod'
import { type Act, discreet } from '../../database/audit-events.ts'
import type { Queryable } from '../../database/connect.ts'
import { queueMail } from '../../mail/queue-mail.ts'
import { revokeUnansweredKeys } from '../../service/revoke-unanswered-keys.ts'
import { type RevokedAllReason, revokeAllSessions } from '../../session/revoke-sessions.ts'
import type { ActOutcome } from '../../user/act-on-user.ts'
import { pageLink } from '../../user/page-link.ts'
import type { Context, SessionCaller } from '../context.ts'
import { reachOf } from '../policies.ts'
import { Refusal } from '../refusal.ts'

/** Why an administrator acts: kept for good, and told to the person it is done to. */
export const reason = z
  .string()
  .trim()
  .min(1, 'Say why')
  .max(300)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'Write one line, without control characters')

export const userId = z.uuid()

type Caller = Context & { caller: SessionCaller }

/** What the caller's act is recorded with. */
export function actOf({ caller, origin }: Caller, why: string): Act {
  const { userId, role } = caller
  return { actor: { kind: 'user', userId, role, reach: reachOf(role) }, origin, reason: why }
}

type UserAct = {
  reason: string
  /** The change itself, with its audit event. */
  change(transaction: Queryable, act: Act): Promise<ActOutcome>
  /** Why it ends every session of the user; `null` when it ends none. */
  ends: RevokedAllReason | null
  /** What the user is told by mail: completes "An administrator …". `null` when the act is a mail itself. */
  told: string | null
}

/** Acts on a user: the change, its record, the end of their sessions and of keys that they may not answer for any more, and the mail to them: all or nothing. */
export async function actOnUser(ctx: Caller, { reason: why, change, ends, told }: UserAct) {
  const { services, origin } = ctx
  const { database, clock } = services
  const outcome = await database.orm.transaction(async (transaction) => {
    const done = await change(transaction, actOf(ctx, why))
    if (done.kind !== 'done') return { kind: done.kind, revoked: [], keys: [] }
    const subject = { userId: done.userId, sessionId: null, origin: discreet(origin) }
    const revoked = ends === null ? [] : await revokeAllSessions(transaction, clock, { ...subject, reason: ends })
    const keys = await revokeUnansweredKeys(transaction, clock, { ownerId: done.userId, origin: subject.origin })
    if (told !== null) await tellUser(transaction, ctx, { to: done.email, told, reason: why })
    return { kind: done.kind, revoked, keys }
  })
  if (outcome.kind === 'unknownUser') throw new Refusal('NOT_FOUND')
  if (outcome.kind === 'notAllowed') throw new Refusal('NOT_ALLOWED')
  services.feed.add([...outcome.revoked, ...outcome.keys])
  return { changed: outcome.kind === 'done', revokedCount: outcome.revoked.length }
}

/** Tells a person by mail what an administrator has done to their account, and why. Run in the transaction that does it. */
export async function tellUser(
  transaction: Queryable,
  { services }: Pick<Context, 'services'>,
  { to, told, reason: why }: { to: string; told: string; reason: string },
): Promise<void> {
  const link = pageLink(services.config, 'security')
  await queueMail(transaction, services, { to, message: { kind: 'administratorActed', act: told, reason: why, link } })
}
