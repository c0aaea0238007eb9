import { z } from 'zod'
import { iso } from '../clock.ts'
import { findSession } from '../session/list-sessions.ts'
import { revokeSession } from '../session/revoke-sessions.ts'
import { closeChallenge, findChallenge, openChallenge } from '../user/challenges.ts'
import { requestSignUp } from '../user/confirm-sign-up.ts'
import { requestConfirmation } from '../user/email-address.ts'
import { findUser } from '../user/find-user.ts'
import { passkeyRequestOptions } from '../user/passkeys.ts'
import { secondFactorsOf } from '../user/second-factors.ts'
import { signUp } from '../user/sign-up.ts'
import type { Context } from './context.ts'
import { deviceName, email, passkeyAnswer, password, personName, typedCode } from './input.ts'
import {
  forgiveAccount,
  forgiveSecondFactor,
  limitMail,
  limitSecondFactorAttempt,
  limitSignUp,
  limitVisit,
} from './limits.ts'
import { requireGoodPassword } from './new-password.ts'
import { methodsOf, proveCredentials, provePasskeyResponse, refuseCode, spendCode } from './prove.ts'
import { recovery } from './recovery.ts'
import { Refusal } from './refusal.ts'
import { rotateNow } from './renew.ts'
import { deliver, type Proven, startSession } from './start-session.ts'
import { admitted, publicProcedure, router, sessionProcedure, settingCookies } from './trpc.ts'

/** Opens a session in this browser for somebody whose proof is complete. */
async function signInHere(ctx: Context, proven: Proven) {
  const started = await ctx.services.database.orm.transaction((transaction) =>
    startSession(transaction, ctx, { ...proven, replace: true }),
  )
  await forgiveAccount(ctx, proven.user.email)
  return { status: 'signedIn' as const, ...deliver(ctx, started) }
}

export const auth = router({
  ...recovery,

  /** With a mail server the account waits for its address to be confirmed: no user yet, and the same answer whether the address has one already. */
  signUp: publicProcedure
    .use(settingCookies)
    .input(z.strictObject({ email, password, name: personName.optional() }))
    .use(admitted)
    .mutation(async ({ ctx, input }) => {
      const { database, clock, hasher, config } = ctx.services
      await limitSignUp(ctx)
      const { email, name = null } = input
      const known = { known: [email, name], secondFactor: false, field: 'password' }
      await requireGoodPassword(ctx, input.password, known)
      if (config.smtpUrl) {
        await limitMail(ctx, email)
        const passwordHash = await hasher.hash(input.password)
        await database.orm.transaction((transaction) =>
          requestSignUp(transaction, ctx.services, { email, name, passwordHash }),
        )
        return { user: null, session: null }
      }
      const passwordHash = await hasher.hash(input.password)
      const started = await database.orm.transaction(async (transaction) => {
        const signedUp = await signUp(transaction, clock, { email, name, passwordHash, origin: ctx.origin })
        if (signedUp.kind === 'emailTaken') return null
        const { user, tokenVersion } = signedUp
        await requestConfirmation(transaction, ctx.services, user.id)
        return startSession(transaction, ctx, {
          user,
          tokenVersion,
          amr: methodsOf(null),
          deviceName: null,
          replace: true,
        })
      })
      if (!started) throw new Refusal('EMAIL_TAKEN')
      return deliver(ctx, started)
    }),

  signIn: publicProcedure
    .use(settingCookies)
    .input(z.strictObject({ email, password, deviceName: deviceName.optional() }))
    .use(admitted)
    .mutation(async ({ ctx, input }) => {
      const { database, clock } = ctx.services
      const { user, tokenVersion } = await proveCredentials(ctx, input)
      const { deviceName = null } = input
      const factors = await secondFactorsOf(database.orm, user.id)
      if (factors.length === 0) return signInHere(ctx, { user, tokenVersion, amr: methodsOf(null), deviceName })
      const half = { kind: 'second_factor', userId: user.id, tokenVersion, deviceName } as const
      ctx.cookies.setChallenge(await openChallenge(database.orm, clock, half))
      return { status: 'secondFactorRequired' as const, factors }
    }),

  /** Completes a sign-in whose password was right. A code that is not accepted can be typed again, within the limits. */
  secondFactor: publicProcedure
    .use(settingCookies)
    .input(typedCode)
    .mutation(async ({ ctx, input: typed }) => {
      const { services, cookies } = ctx
      const { database, clock } = services
      const half = await findChallenge(database.orm, clock, { text: cookies.challenge, kind: 'second_factor' })
      const user = half && (await findUser(database.orm, half.userId))
      if (!half || !user) throw new Refusal('NOT_SIGNED_IN')
      await limitSecondFactorAttempt(ctx, user)
      const { tokenVersion, deviceName } = half
      const started = await database.orm.transaction(async (transaction) => {
        if (!(await spendCode(transaction, ctx, { user, typed }))) return null
        if (!(await closeChallenge(transaction, half.id))) throw new Refusal('NOT_SIGNED_IN')
        return startSession(transaction, ctx, { user, tokenVersion, amr: methodsOf(typed), deviceName, replace: true })
      })
      if (!started) return refuseCode(ctx, user.id, typed)
      await forgiveSecondFactor(ctx, user)
      await forgiveAccount(ctx, user.email)
      cookies.setChallenge(null)
      return { status: 'signedIn' as const, ...deliver(ctx, started) }
    }),

  /** What the browser asks an authenticator: to sign in, or to prove again who one is. */
  passkeyOptions: publicProcedure.use(settingCookies).mutation(async ({ ctx }) => {
    const { database, clock, config } = ctx.services
    await limitVisit(ctx)
    const options = await passkeyRequestOptions(config)
    const challenge = { kind: 'passkey', nonce: options.challenge } as const
    ctx.cookies.setChallenge(await openChallenge(database.orm, clock, challenge))
    return options
  }),

  /** A passkey is both factors at once: something that one has, unlocked by its owner. */
  signInWithPasskey: publicProcedure
    .use(settingCookies)
    .input(z.strictObject({ response: passkeyAnswer, deviceName: deviceName.optional() }))
    .mutation(async ({ ctx, input }) => {
      await limitVisit(ctx)
      const proven = await provePasskeyResponse(ctx, input.response)
      return signInHere(ctx, { ...proven, deviceName: input.deviceName ?? null })
    }),

  current: publicProcedure.query(async ({ ctx }) => {
    const { caller, services } = ctx
    if (caller.kind === 'unavailable') throw new Refusal('TEMPORARILY_UNAVAILABLE', { retryAfterSeconds: 1 })
    if (caller.kind !== 'session') return null
    const { userId, sessionId } = caller
    const user = await findUser(services.database.orm, userId)
    const session = await findSession(services.database.orm, services.clock, {
      userId,
      currentId: sessionId,
      sessionId,
    })
    return user && session ? { user, session } : null
  }),

  /** From the verified token and the revocation feed alone: no query. */
  whoami: sessionProcedure.query(({ ctx: { caller } }) => ({
    userId: caller.userId,
    sessionId: caller.sessionId,
    role: caller.role,
    amr: caller.amr,
    accessTokenExpiresAt: caller.accessTokenExpiresAt,
  })),

  refresh: sessionProcedure.use(settingCookies).mutation(async ({ ctx }) => {
    const refreshed = ctx.refreshed ?? (await rotateNow(ctx))
    const { userId, sessionId } = refreshed.bearer
    const { database, clock } = ctx.services
    const session = await findSession(database.orm, clock, { userId, currentId: sessionId, sessionId })
    if (!session) throw new Refusal('SESSION_REVOKED')
    return { session, accessTokenExpiresAt: iso(refreshed.accessToken.expiresAt * 1000) }
  }),

  signOut: publicProcedure.use(settingCookies).mutation(async ({ ctx }) => {
    const { caller, services, origin, log } = ctx
    ctx.cookies.clear()
    if (caller.kind !== 'session') return { signedOut: false }
    const { userId, sessionId } = caller
    try {
      const signedOut = await services.database.orm.transaction((transaction) =>
        revokeSession(transaction, services.clock, { userId, sessionId, origin, reason: 'signed_out' }),
      )
      services.feed.add([sessionId])
      return { signedOut }
    } catch (error) {
      // The person asked to leave this browser, and has: the cookies are gone. The session ends when it expires.
      log.error({ event: 'sign_out_unrecorded', sessionId, err: error }, 'A session could not be ended')
      return { signedOut: false }
    }
  }),
})
