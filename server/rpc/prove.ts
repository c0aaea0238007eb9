import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { Queryable } from '../database/connect.ts'
import { recordEvent } from '../database/security-events.ts'
import { authenticate } from '../user/authenticate.ts'
import { closeChallenge, findChallenge } from '../user/challenges.ts'
import { provePasskey } from '../user/passkeys.ts'
import { countRecoveryCodes } from '../user/recovery-codes.ts'
import { type TypedCode, takeTypedCode } from '../user/second-factors.ts'
import type { User } from '../user/user.ts'
import type { Context } from './context.ts'
import { limitPasswordAttempt } from './limits.ts'
import { tellOwner } from './notices.ts'
import { Refusal } from './refusal.ts'

/** Proves an e-mail address and a password, within the limits on guessing. A second factor may still be missing: nothing is forgiven yet. */
export async function proveCredentials(ctx: Context, credentials: { email: string; password: string }) {
  const { database, clock, hasher } = ctx.services
  const { origin, log } = ctx
  await limitPasswordAttempt(ctx, credentials.email)
  const outcome = await authenticate({ queryable: database.orm, clock, hasher }, { ...credentials, origin })
  if (outcome.kind === 'refused') {
    const { why, userId } = outcome
    ctx.services.metrics.signInFailures.inc({ reason: why })
    log.info({ event: 'sign_in_refused', reason: why, userId, ipAddress: origin.ipAddress }, 'Sign-in refused')
    throw new Refusal('INVALID_CREDENTIALS')
  }
  return outcome
}

/** What a password proves, alone or with a code (RFC 8176; `recovery` is a name of our own: the registry has none). */
export function methodsOf(typed: TypedCode | null): readonly string[] {
  if (typed === null) return ['pwd']
  return ['pwd', typed.kind === 'authenticatorApp' ? 'otp' : 'recovery', 'mfa']
}

/** Whether a code completes what a password began; it is spent with the caller's transaction. A used recovery code is told to its owner. */
export async function spendCode(
  transaction: Queryable,
  ctx: Context,
  { user, typed }: { user: Pick<User, 'id' | 'email'>; typed: TypedCode },
): Promise<boolean> {
  const { services, origin } = ctx
  const { id: userId, email } = user
  if (!(await takeTypedCode(transaction, services, { userId, ...typed }))) return false
  if (typed.kind === 'authenticatorApp') return true
  await recordEvent(transaction, services.clock, origin, { userId, kind: 'recovery_code_used' })
  const left = await countRecoveryCodes(transaction, userId)
  await tellOwner(transaction, ctx, { to: email, notice: { kind: 'recoveryCodeUsed', left } })
  return true
}

/** Refuses a code that was not accepted, and keeps the trace of it. */
export async function refuseCode(ctx: Context, userId: string, typed: TypedCode): Promise<never> {
  const { services, origin, log } = ctx
  const reason = typed.kind === 'authenticatorApp' ? 'wrong_code' : 'wrong_recovery_code'
  await recordEvent(services.database.orm, services.clock, origin, { userId, kind: 'second_factor_failed', reason })
  services.metrics.signInFailures.inc({ reason })
  log.info({ event: 'second_factor_refused', reason, userId, ipAddress: origin.ipAddress }, 'Second factor refused')
  throw new Refusal('CODE_NOT_ACCEPTED')
}

/** Whose passkey has answered the challenge of this browser; the challenge is used up either way. */
export async function provePasskeyResponse(ctx: Context, response: AuthenticationResponseJSON) {
  const { services, cookies, origin, log } = ctx
  const { database, clock } = services
  const challenge = await findChallenge(database.orm, clock, { text: cookies.challenge, kind: 'passkey' })
  cookies.setChallenge(null)
  const outcome =
    challenge && (await closeChallenge(database.orm, challenge.id))
      ? await provePasskey(database.orm, services, { nonce: challenge.nonce, response })
      : ({ kind: 'refused', why: 'no_challenge', userId: null } as const)
  if (outcome.kind === 'proven') return outcome
  const { why: reason, userId } = outcome
  await recordEvent(database.orm, clock, origin, { userId, kind: 'sign_in_failed', reason })
  services.metrics.signInFailures.inc({ reason })
  log.info({ event: 'passkey_refused', reason, userId, ipAddress: origin.ipAddress }, 'Passkey refused')
  throw new Refusal('INVALID_CREDENTIALS')
}
