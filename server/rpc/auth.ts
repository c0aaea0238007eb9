import { z } from 'zod'
import { findSession } from '../session/list-sessions.ts'
import { revokeSession } from '../session/revoke-sessions.ts'
import { authenticate } from '../user/authenticate.ts'
import { findUser } from '../user/find-user.ts'
import { adviseAgainst } from '../user/password.ts'
import { signUp } from '../user/sign-up.ts'
import { type Context, endReasons, tokenPair } from './context.ts'
import { deviceName, email, password, personName } from './input.ts'
import { forgiveAccount, limitPasswordAttempt, limitSignUp } from './limits.ts'
import { Refusal } from './refusal.ts'
import { type Started, startSession } from './start-session.ts'
import { publicProcedure, router, sessionProcedure, settingCookies } from './trpc.ts'

/** Hands a new session to the browser, after its transaction has been committed. */
function deliver({ cookies, services }: Context, started: Started): void {
  services.feed.add(started.replaced)
  cookies.set(tokenPair({ kind: 'live', ...started }))
}

/** Proves an e-mail address and a password, within the limits on guessing. */
export async function proveCredentials(ctx: Context, credentials: { email: string; password: string }) {
  const { database, clock, hasher } = ctx.services
  const { origin, log } = ctx
  await limitPasswordAttempt(ctx, credentials.email)
  const outcome = await authenticate({ queryable: database.orm, clock, hasher }, { ...credentials, origin })
  if (outcome.kind === 'refused') {
    const { why, userId } = outcome
    log.info({ event: 'sign_in_refused', reason: why, userId, ipAddress: origin.ipAddress }, 'Sign-in refused')
    throw new Refusal('INVALID_CREDENTIALS')
  }
  await forgiveAccount(ctx, credentials.email)
  return outcome
}

export const auth = router({
  signUp: publicProcedure
    .use(settingCookies)
    .input(z.strictObject({ email, password, name: personName.optional() }))
    .mutation(async ({ ctx, input }) => {
      const { database, clock, hasher } = ctx.services
      await limitSignUp(ctx)
      const advice = adviseAgainst(input.password, [input.email, input.name])
      if (advice) throw new Refusal('INVALID_INPUT', { fields: { password: advice } })
      const passwordHash = await hasher.hash(input.password)
      const name = input.name ?? null
      const outcome = await database.orm.transaction(async (transaction) => {
        const signedUp = await signUp(transaction, clock, {
          email: input.email,
          name,
          passwordHash,
          origin: ctx.origin,
        })
        if (signedUp.kind === 'emailTaken') return signedUp
        const { user, tokenVersion } = signedUp
        const proven = { userId: user.id, tokenVersion, deviceName: null, replace: true }
        return { kind: 'started' as const, user, started: await startSession(transaction, ctx, proven) }
      })
      if (outcome.kind === 'emailTaken') throw new Refusal('EMAIL_TAKEN')
      deliver(ctx, outcome.started)
      return { user: outcome.user, session: outcome.started.session }
    }),

  signIn: publicProcedure
    .use(settingCookies)
    .input(z.strictObject({ email, password, deviceName: deviceName.optional() }))
    .mutation(async ({ ctx, input }) => {
      const { user, tokenVersion } = await proveCredentials(ctx, input)
      const proven = { userId: user.id, tokenVersion, deviceName: input.deviceName ?? null, replace: true }
      const started = await ctx.services.database.orm.transaction((transaction) =>
        startSession(transaction, ctx, proven),
      )
      deliver(ctx, started)
      return { status: 'signedIn' as const, user, session: started.session }
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
    accessTokenExpiresAt: new Date(caller.accessTokenExpiresAt * 1000).toISOString(),
  })),

  refresh: sessionProcedure.use(settingCookies).mutation(async ({ ctx }) => {
    const refreshed = ctx.refreshed ?? (await rotateNow(ctx))
    const { userId, sessionId } = refreshed.bearer
    const { database, clock } = ctx.services
    const session = await findSession(database.orm, clock, { userId, currentId: sessionId, sessionId })
    if (!session) throw new Refusal('SESSION_REVOKED')
    return { session, accessTokenExpiresAt: new Date(refreshed.accessToken.expiresAt * 1000).toISOString() }
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

/** Rotates this request's refresh cookie although its access token is still good, and sets the new pair. */
export async function rotateNow(ctx: Context) {
  const { cookies, services, origin } = ctx
  const refreshed = cookies.refresh ? await services.refresh(cookies.refresh, origin) : ({ kind: 'malformed' } as const)
  switch (refreshed.kind) {
    case 'live':
      cookies.set(tokenPair(refreshed))
      return refreshed
    case 'ended':
      cookies.clear()
      throw new Refusal(endReasons[refreshed.why])
    case 'reused':
      cookies.clear()
      throw new Refusal('REFRESH_TOKEN_REUSED')
    case 'malformed':
    case 'alarm':
      throw new Refusal('NOT_SIGNED_IN')
  }
}
