import { z } from 'zod'
import { findSession, type Session } from '../session/list-sessions.ts'
import { revokeSession } from '../session/revoke-sessions.ts'
import { parseRefreshToken, refreshTokenLength } from '../token/refresh-token.ts'
import { secondFactorsOf } from '../user/second-factors.ts'
import { endReasons } from './context.ts'
import { deviceName, email, password, typedCode } from './input.ts'
import { forgiveAccount, forgiveSecondFactor, limitSecondFactorAttempt } from './limits.ts'
import { methodsOf, proveCredentials, refuseCode, spendCode } from './prove.ts'
import { Refusal } from './refusal.ts'
import { startSession } from './start-session.ts'
import { admitted, publicProcedure, router } from './trpc.ts'

/** Only the length is checked here: what is wrong with a token is never said in detail. */
const refreshToken = z.string().min(1).max(refreshTokenLength)

/** Tokens in the body (RFC 6749, 5.1), for programs that keep them themselves; never cookies (R3). */
function grant(tokens: {
  accessToken: { text: string; expiresAt: number }
  refreshToken: string
  session: Session
  /** Milliseconds since the epoch. */
  now: number
}) {
  return {
    accessToken: tokens.accessToken.text,
    refreshToken: tokens.refreshToken,
    tokenType: 'Bearer' as const,
    expiresIn: Math.max(0, Math.floor(tokens.accessToken.expiresAt - tokens.now / 1000)),
    session: tokens.session,
  }
}

export const token = router({
  /** The same proofs as a sign-in, in one call: an account with a second factor asks for a code as well. */
  issue: publicProcedure
    .input(z.strictObject({ email, password, deviceName: deviceName.optional(), secondFactor: typedCode.optional() }))
    .use(admitted)
    .mutation(async ({ ctx, input }) => {
      const { orm } = ctx.services.database
      const { user, tokenVersion } = await proveCredentials(ctx, input)
      const { deviceName = null, secondFactor: typed } = input
      const needed = (await secondFactorsOf(orm, user.id)).length > 0
      if (needed && !typed) throw new Refusal('SECOND_FACTOR_REQUIRED')
      if (needed) await limitSecondFactorAttempt(ctx, user)
      const amr = methodsOf(needed && typed ? typed : null)
      const started = await orm.transaction(async (transaction) => {
        if (needed && typed && !(await spendCode(transaction, ctx, { user, typed }))) return null
        return startSession(transaction, ctx, { user, tokenVersion, amr, deviceName, replace: false })
      })
      if (!started && typed) return refuseCode(ctx, user.id, typed)
      if (!started) throw new Refusal('SECOND_FACTOR_REQUIRED')
      if (needed) await forgiveSecondFactor(ctx, user)
      await forgiveAccount(ctx, user.email)
      return grant({ ...started, now: started.bearer.now })
    }),

  refresh: publicProcedure.input(z.strictObject({ refreshToken })).mutation(async ({ ctx, input }) => {
    const { services, origin } = ctx
    const refreshed = await services.refresh(input.refreshToken, origin)
    switch (refreshed.kind) {
      case 'live': {
        const { userId, sessionId, now } = refreshed.bearer
        const owner = { userId, currentId: sessionId, sessionId }
        const session = await findSession(services.database.orm, services.clock, owner)
        if (!session) throw new Refusal('SESSION_REVOKED')
        return grant({ ...refreshed, session, now })
      }
      case 'ended':
        throw new Refusal(endReasons[refreshed.why])
      case 'reused':
        throw new Refusal('REFRESH_TOKEN_REUSED')
      case 'malformed':
      case 'alarm':
        throw new Refusal('NOT_SIGNED_IN')
    }
  }),

  /** RFC 7009: an unknown token is no error, so that nothing is learnt from the answer. */
  revoke: publicProcedure.input(z.strictObject({ refreshToken })).mutation(async ({ ctx, input }) => {
    const { services, origin } = ctx
    const presented = parseRefreshToken(input.refreshToken, services.secrets)
    if (!presented) return {}
    const refreshed = await services.refresh(input.refreshToken, origin)
    if (refreshed.kind !== 'live') return {}
    const { userId, sessionId } = refreshed.bearer
    await services.database.orm.transaction((transaction) =>
      revokeSession(transaction, services.clock, { userId, sessionId, origin, reason: 'signed_out' }),
    )
    services.feed.add([sessionId])
    return {}
  }),
})
