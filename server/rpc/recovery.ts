import { z } from 'zod'
import { revokeAllSessions } from '../session/revoke-sessions.ts'
import { parseSingleUseToken, type SingleUseToken } from '../token/single-use-token.ts'
import { confirmSignUp } from '../user/confirm-sign-up.ts'
import { confirmEmail } from '../user/email-address.ts'
import { findUser } from '../user/find-user.ts'
import { assessPassword } from '../user/password-policy.ts'
import { findPasswordReset, requestPasswordReset, resetPassword } from '../user/recover-password.ts'
import { secondFactorsOf } from '../user/second-factors.ts'
import { email, linkToken, password, personName } from './input.ts'
import { forgiveAccount, limitMail, limitVisit } from './limits.ts'
import { requireGoodPassword } from './new-password.ts'
import { tellOwner } from './notices.ts'
import { Refusal } from './refusal.ts'
import { rememberBrowser } from './start-session.ts'
import { admitted, publicProcedure, settingCookies } from './trpc.ts'

function readLink(text: string): SingleUseToken {
  const token = parseSingleUseToken(text)
  if (!token) throw new Refusal('LINK_NOT_ACCEPTED')
  return token
}

/** What people without a session do about their account: they act by links that were mailed to them, each good once. */
export const recovery = {
  /** Creates the account that a sign-up asked for. Signing in is the next step: whoever reads the mail need not be who chose the password. */
  confirmSignUp: publicProcedure.input(z.strictObject({ token: linkToken })).mutation(async ({ ctx, input }) => {
    const { database, clock } = ctx.services
    await limitVisit(ctx)
    const token = readLink(input.token)
    const signedUp = await database.orm.transaction((transaction) =>
      confirmSignUp(transaction, clock, { token, origin: ctx.origin }),
    )
    if (signedUp?.kind !== 'signedUp') throw new Refusal('LINK_NOT_ACCEPTED')
    return { email: signedUp.user.email }
  }),

  /** Always the same answer: whether anybody has the address is told to its mailbox alone. */
  requestPasswordReset: publicProcedure.input(z.strictObject({ email })).mutation(async ({ ctx, input }) => {
    await limitMail(ctx, input.email)
    await ctx.services.database.orm.transaction((transaction) =>
      requestPasswordReset(transaction, ctx.services, { email: input.email, origin: ctx.origin }),
    )
    return {}
  }),

  /** Sets a new password and ends every session. A second factor stays, and is asked for at the next sign-in. */
  resetPassword: publicProcedure
    .use(settingCookies)
    .input(z.strictObject({ token: linkToken, newPassword: password }))
    .use(admitted)
    .mutation(async ({ ctx, input }) => {
      const { services, origin, caller } = ctx
      const { database, clock, hasher } = services
      await limitVisit(ctx)
      const token = readLink(input.token)
      const owner = await findPasswordReset(database.orm, clock, token)
      if (!owner) throw new Refusal('LINK_NOT_ACCEPTED')
      const secondFactor = (await secondFactorsOf(database.orm, owner.userId)).length > 0
      const known = [owner.email, owner.name]
      await requireGoodPassword(ctx, input.newPassword, { known, secondFactor, field: 'newPassword' })
      const passwordHash = await hasher.hash(input.newPassword)
      const outcome = await database.orm.transaction(async (transaction) => {
        const reset = await resetPassword(transaction, clock, { token, passwordHash, origin })
        if (!reset) return null
        const { userId, email: to } = reset
        const reason = 'password_reset' as const
        const revoked = await revokeAllSessions(transaction, clock, { userId, sessionId: null, origin, reason })
        await tellOwner(transaction, ctx, { to, notice: { kind: 'passwordChanged' } })
        return { user: await findUser(transaction, userId), revoked }
      })
      if (!outcome?.user) throw new Refusal('LINK_NOT_ACCEPTED')
      services.feed.add(outcome.revoked)
      await forgiveAccount(ctx, outcome.user.email)
      if (caller.kind === 'session' && caller.userId === outcome.user.id) ctx.cookies.clear()
      rememberBrowser(ctx, outcome.user)
      return { revokedCount: outcome.revoked.length }
    }),

  /** Confirms an address, or one half of a change of address: `waiting` until the link to the other address has been used as well. */
  confirmEmail: publicProcedure.input(z.strictObject({ token: linkToken })).mutation(async ({ ctx, input }) => {
    const { services, origin } = ctx
    await limitVisit(ctx)
    const token = readLink(input.token)
    return services.database.orm.transaction(async (transaction) => {
      const outcome = await confirmEmail(transaction, services, { token, origin })
      // Thrown in here, so that a link that cannot do what it says is not used up.
      if (outcome.kind === 'refused') throw new Refusal('LINK_NOT_ACCEPTED')
      return { status: outcome.kind, email: outcome.kind === 'confirmed' ? outcome.email : null }
    })
  }),

  /** How strong a new password would be, and what to do about it; for the meter beside its field. Nothing of it is kept. */
  passwordStrength: publicProcedure
    .input(z.strictObject({ password, email: z.string().max(254).optional(), name: personName.optional() }))
    .mutation(async ({ ctx, input }) => {
      const { caller, services } = ctx
      await limitVisit(ctx)
      const userId = caller.kind === 'session' ? caller.userId : null
      const user = userId === null ? null : await findUser(services.database.orm, userId)
      const secondFactor = userId !== null && (await secondFactorsOf(services.database.orm, userId)).length > 0
      const known = [input.email, input.name, user?.email, user?.name]
      // As plain strings: a client's types know nothing of the server's modules.
      const strength: { score: number; problem: string | null; advice: string | null } = await assessPassword(
        input.password,
        { known, secondFactor },
      )
      return strength
    }),
}
