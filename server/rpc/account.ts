import { z } from 'zod'
import { iso } from '../clock.ts'
import { recordEvent } from '../database/security-events.ts'
import { queueMail } from '../mail/queue-mail.ts'
import { reauthenticate } from '../session/reauthenticate.ts'
import { revokeOtherSessions } from '../session/revoke-sessions.ts'
import { changePassword, provePassword } from '../user/change-password.ts'
import { circumstancesOf } from '../user/circumstances.ts'
import { deleteUser } from '../user/delete-user.ts'
import { requestConfirmation, requestEmailChange } from '../user/email-address.ts'
import { renameUser } from '../user/rename-user.ts'
import { secondFactorsOf } from '../user/second-factors.ts'
import { activity } from './activity.ts'
import type { Context, SessionCaller } from './context.ts'
import { factors } from './factors.ts'
import { email, passkeyAnswer, password, personName, typedCode } from './input.ts'
import {
  forgiveAccount,
  forgiveSecondFactor,
  limitMail,
  limitPasswordAttempt,
  limitSecondFactorAttempt,
} from './limits.ts'
import { requireGoodPassword } from './new-password.ts'
import { tellOwner } from './notices.ts'
import { methodsOf, provePasskeyResponse, refuseCode, spendCode } from './prove.ts'
import { Refusal } from './refusal.ts'
import { renewTokens } from './renew.ts'
import { setUp } from './set-up.ts'
import { admitted, freshProcedure, router, sessionProcedure, settingCookies } from './trpc.ts'

const changePasswordInput = z.strictObject({
  currentPassword: password,
  newPassword: password,
  revokeOtherSessions: z.boolean().default(true),
})

const proof = z.union([
  z.strictObject({ password, secondFactor: typedCode.optional() }),
  z.strictObject({ passkey: passkeyAnswer }),
])

type SessionContext = Context & { caller: SessionCaller }

/** Checks a password again within a session. A stolen session must not become a place to guess: counted by the account's id, known without a query. */
async function provePasswordAgain(
  ctx: SessionContext,
  { password: typed, failure }: { password: string; failure: 'password_change_failed' | 'reauthentication_failed' },
) {
  const { services, caller, origin, log } = ctx
  const { database, clock, hasher } = services
  const { userId, sessionId } = caller
  await limitPasswordAttempt(ctx, userId)
  const proven = await provePassword(
    { queryable: database.orm, clock, hasher },
    { userId, password: typed, origin, failure },
  )
  if (proven.kind === 'proven') return proven
  const event = failure === 'password_change_failed' ? 'password_change_refused' : 'reauthentication_refused'
  const refused = { event, reason: 'wrong_password', userId, sessionId, ipAddress: origin.ipAddress }
  log.info(refused, 'A password was not accepted within a session')
  throw new Refusal('INVALID_CREDENTIALS')
}

/** By which methods the caller proves who they are, once more. */
async function proveAgain(ctx: SessionContext, input: z.output<typeof proof>): Promise<readonly string[]> {
  const { caller, services } = ctx
  if ('passkey' in input) {
    const { user, amr } = await provePasskeyResponse(ctx, input.passkey)
    if (user.id !== caller.userId) throw new Refusal('INVALID_CREDENTIALS')
    return amr
  }
  const { secondFactor: typed } = input
  const typedAgain = { password: input.password, failure: 'reauthentication_failed' as const }
  const { user } = await services.admission.run(() => provePasswordAgain(ctx, typedAgain))
  const needed = (await secondFactorsOf(services.database.orm, user.id)).length > 0
  if (needed && !typed) throw new Refusal('SECOND_FACTOR_REQUIRED')
  if (needed && typed) {
    await limitSecondFactorAttempt(ctx, user)
    const accepted = await services.database.orm.transaction((transaction) =>
      spendCode(transaction, ctx, { user, typed }),
    )
    if (!accepted) return refuseCode(ctx, user.id, typed)
    await forgiveSecondFactor(ctx, user)
  }
  await forgiveAccount(ctx, caller.userId)
  return methodsOf(needed && typed ? typed : null)
}

export const account = router({
  ...activity,
  ...factors,
  ...setUp,

  /** Proves again who one is, with all that a sign-in would ask for; for ten minutes `freshProcedure` is content. */
  reauthenticate: sessionProcedure
    .use(settingCookies)
    .input(proof)
    .mutation(async ({ ctx, input }) => {
      const { services, caller, origin } = ctx
      const { database, clock } = services
      const { userId, sessionId } = caller
      const amr = await proveAgain(ctx, input)
      await database.orm.transaction(async (transaction) => {
        await reauthenticate(transaction, clock, { userId, sessionId, amr })
        await recordEvent(transaction, clock, origin, { userId, sessionId, kind: 'reauthenticated' })
      })
      await renewTokens(ctx, { amr: amr.join(' ') })
      return { authenticatedAt: iso(clock.now()) }
    }),

  changePassword: freshProcedure
    .use(settingCookies)
    .input(changePasswordInput)
    .use(admitted)
    .mutation(async ({ ctx, input }) => {
      const { services, caller, origin } = ctx
      const { database, clock, hasher } = services
      const { userId, sessionId } = caller
      const { currentPassword, newPassword, revokeOtherSessions: bumpTokenVersion } = input
      const proven = await provePasswordAgain(ctx, { password: currentPassword, failure: 'password_change_failed' })
      await forgiveAccount(ctx, userId)
      const { user } = proven
      if (newPassword === currentPassword)
        throw new Refusal('INVALID_INPUT', {
          fields: { newPassword: 'Choose a password that is not the present one.' },
          problems: { newPassword: 'UNCHANGED' },
        })
      const secondFactor = (await secondFactorsOf(database.orm, userId)).length > 0
      const known = [user.email, user.name]
      await requireGoodPassword(ctx, newPassword, { known, secondFactor, field: 'newPassword' })

      const to = await hasher.hash(newPassword)
      const subject = { userId, sessionId, origin }
      const outcome = await database.orm.transaction(async (transaction) => {
        const change = { ...subject, from: proven.passwordHash, to, bumpTokenVersion }
        const tokenVersion = await changePassword(transaction, clock, change)
        if (tokenVersion === null) return null
        await reauthenticate(transaction, clock, { userId, sessionId, tokenVersion })
        await tellOwner(transaction, ctx, { to: user.email, notice: { kind: 'passwordChanged' } })
        if (!bumpTokenVersion) return { tokenVersion, revoked: [] }
        const others = { ...subject, reason: 'password_changed' as const }
        return { tokenVersion, revoked: await revokeOtherSessions(transaction, clock, others) }
      })
      if (!outcome) throw new Refusal('INVALID_CREDENTIALS')
      const { tokenVersion, revoked } = outcome
      services.feed.add(revoked)
      await renewTokens(ctx, { tokenVersion })
      return { revokedCount: revoked.length }
    }),

  rename: sessionProcedure
    .input(z.strictObject({ name: personName.nullable() }))
    .mutation(async ({ ctx: { services, caller, origin }, input: { name } }) => {
      const { userId } = caller
      const user = await services.database.orm.transaction((transaction) =>
        renameUser(transaction, services.clock, { userId, name, origin }),
      )
      if (!user) throw new Refusal('NOT_FOUND')
      return { user }
    }),

  /** Mails a link that confirms the address of the account; `sent: false` when it has been confirmed. */
  sendConfirmation: sessionProcedure.mutation(async ({ ctx }) => {
    const { services, caller } = ctx
    await limitMail(ctx, caller.userId)
    const sent = await services.database.orm.transaction((transaction) =>
      requestConfirmation(transaction, services, caller.userId),
    )
    return { sent }
  }),

  /** Mails a link to the old and to the new address; the change is made when both have been used. The answer says nothing about who has the new one. */
  changeEmail: freshProcedure.input(z.strictObject({ newEmail: email })).mutation(async ({ ctx, input }) => {
    const { services, caller, origin } = ctx
    const { newEmail } = input
    await limitMail(ctx, caller.userId)
    const outcome = await services.database.orm.transaction((transaction) =>
      requestEmailChange(transaction, services, { userId: caller.userId, newEmail, origin }),
    )
    if (outcome.kind === 'unknownUser') throw new Refusal('NOT_FOUND')
    if (outcome.kind === 'unchanged')
      throw new Refusal('INVALID_INPUT', {
        fields: { newEmail: 'This is your address already.' },
        problems: { newEmail: 'UNCHANGED' },
      })
    return {}
  }),

  /** Erases the account for good. The address is typed once more, so that it never happens by a slip. */
  delete: freshProcedure
    .use(settingCookies)
    .input(z.strictObject({ email }))
    .mutation(async ({ ctx, input }) => {
      const { services, caller, origin, cookies } = ctx
      const { userId } = caller
      const erased = await services.database.orm.transaction(async (transaction) => {
        const ids = await deleteUser(transaction, services.clock, { userId, email: input.email })
        if (!ids || ids === 'lastAdministrator') return ids
        const message = { kind: 'accountDeleted', circumstances: circumstancesOf(origin, services.clock) } as const
        await queueMail(transaction, services, { to: input.email, message })
        return ids
      })
      if (!erased)
        throw new Refusal('INVALID_INPUT', {
          fields: { email: "Type your account's address." },
          problems: { email: 'MISMATCH' },
        })
      if (erased === 'lastAdministrator')
        throw new Refusal('INVALID_INPUT', {
          fields: { email: 'Make somebody else an administrator first.' },
          problems: { email: 'LAST_ADMINISTRATOR' },
        })
      services.feed.add(erased)
      cookies.clear()
      return {}
    }),
})
