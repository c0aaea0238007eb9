import { z } from 'zod'
import type { Queryable } from '../database/connect.ts'
import { recordEvent, type SecurityEventKind } from '../database/security-events.ts'
import type { Factor } from '../mail/message.ts'
import { beginAuthenticatorApp, removeAuthenticatorApp, takeCode } from '../user/authenticator-app.ts'
import { closeChallenge, findChallenge, openChallenge } from '../user/challenges.ts'
import { credentialsOf } from '../user/credentials.ts'
import { findUser } from '../user/find-user.ts'
import { addPasskey, passkeyCreationOptions, removePasskey, renamePasskey } from '../user/passkeys.ts'
import { countRecoveryCodes, replaceRecoveryCodes } from '../user/recovery-codes.ts'
import { secondFactorsOf, tidyRecoveryCodes } from '../user/second-factors.ts'
import type { User } from '../user/user.ts'
import type { Context, SessionCaller } from './context.ts'
import { newPasskeyAnswer, passkeyName, typedCode } from './input.ts'
import { forgiveSecondFactor, limitSecondFactorAttempt } from './limits.ts'
import { tellOwner } from './notices.ts'
import { refuseCode } from './prove.ts'
import { Refusal } from './refusal.ts'
import { freshProcedure, sessionProcedure, settingCookies } from './trpc.ts'

type Caller = Context & { caller: SessionCaller }

async function ownUser({ services, caller }: Caller): Promise<User> {
  const user = await findUser(services.database.orm, caller.userId)
  if (!user) throw new Refusal('NOT_FOUND')
  return user
}

type Change = { user: User; kind: SecurityEventKind; notice: { kind: 'factorAdded' | 'factorRemoved'; factor: Factor } }

/** Records a change of factors and tells the owner by mail, with the change itself. */
async function record(transaction: Queryable, ctx: Caller, { user, kind, notice }: Change): Promise<void> {
  const { services, caller, origin } = ctx
  const { userId, sessionId } = caller
  await recordEvent(transaction, services.clock, origin, { userId, sessionId, kind })
  await tellOwner(transaction, ctx, { to: user.email, notice })
}

/** The first factor comes with codes for the day on which it is lost. */
async function firstCodes(transaction: Queryable, { services, caller }: Caller): Promise<string[] | null> {
  const { userId } = caller
  if ((await countRecoveryCodes(transaction, userId)) > 0) return null
  return replaceRecoveryCodes(transaction, services.clock, userId)
}

const passkeyId = z.uuid()

/** What a person signs in with. Adding and removing need a proof of who they are that is younger than ten minutes. */
export const factors = {
  credentials: sessionProcedure.query(({ ctx: { services, caller } }) =>
    credentialsOf(services.database.orm, services.clock, caller.userId),
  ),

  /** A secret for an authenticator app. It counts for nothing until a code of it has been confirmed. */
  beginAuthenticatorApp: freshProcedure.mutation(async ({ ctx }) => {
    const { services, caller } = ctx
    const { email } = await ownUser(ctx)
    const begun = await beginAuthenticatorApp(services.database.orm, services, { userId: caller.userId, email })
    if (!begun)
      throw new Refusal('INVALID_INPUT', { fields: { input: 'Remove your present authenticator app first.' } })
    return begun
  }),

  /** Takes the app into use. `recoveryCodes` are shown once, with the first factor. */
  confirmAuthenticatorApp: freshProcedure
    .input(z.strictObject({ code: typedCode.options[0].shape.code }))
    .mutation(async ({ ctx, input: { code } }) => {
      const { services, caller } = ctx
      const { userId } = caller
      const user = await ownUser(ctx)
      await limitSecondFactorAttempt(ctx, user)
      const confirmed = await services.database.orm.transaction(async (transaction) => {
        if (!(await takeCode(transaction, services, { userId, code, confirming: true }))) return null
        const notice = { kind: 'factorAdded', factor: 'authenticatorApp' } as const
        await record(transaction, ctx, { user, kind: 'authenticator_app_added', notice })
        return { recoveryCodes: await firstCodes(transaction, ctx) }
      })
      if (!confirmed) return refuseCode(ctx, userId, { kind: 'authenticatorApp', code })
      await forgiveSecondFactor(ctx, user)
      return confirmed
    }),

  removeAuthenticatorApp: freshProcedure.mutation(async ({ ctx }) => {
    const { services, caller } = ctx
    const user = await ownUser(ctx)
    await services.database.orm.transaction(async (transaction) => {
      if (!(await removeAuthenticatorApp(transaction, caller.userId))) throw new Refusal('NOT_FOUND')
      await tidyRecoveryCodes(transaction, caller.userId)
      const notice = { kind: 'factorRemoved', factor: 'authenticatorApp' } as const
      await record(transaction, ctx, { user, kind: 'authenticator_app_removed', notice })
    })
    return {}
  }),

  /** A new set of recovery codes, shown once; the old ones are void. Only beside a factor that they stand in for. */
  replaceRecoveryCodes: freshProcedure.mutation(async ({ ctx }) => {
    const { services, caller } = ctx
    const { userId } = caller
    const user = await ownUser(ctx)
    return services.database.orm.transaction(async (transaction) => {
      if ((await secondFactorsOf(transaction, userId)).length === 0) throw new Refusal('NOT_FOUND')
      const recoveryCodes = await replaceRecoveryCodes(transaction, services.clock, userId)
      const notice = { kind: 'factorAdded', factor: 'recoveryCodes' } as const
      await record(transaction, ctx, { user, kind: 'recovery_codes_replaced', notice })
      return { recoveryCodes }
    })
  }),

  /** What the browser asks an authenticator, to make a passkey. */
  beginPasskey: freshProcedure.use(settingCookies).mutation(async ({ ctx }) => {
    const { services, caller, cookies } = ctx
    const { database, clock, config } = services
    const options = await passkeyCreationOptions(database.orm, config, await ownUser(ctx))
    const challenge = { kind: 'new_passkey', userId: caller.userId, nonce: options.challenge } as const
    cookies.setChallenge(await openChallenge(database.orm, clock, challenge))
    return options
  }),

  addPasskey: freshProcedure
    .use(settingCookies)
    .input(z.strictObject({ response: newPasskeyAnswer, name: passkeyName }))
    .mutation(async ({ ctx, input }) => {
      const { services, caller, cookies } = ctx
      const { database, clock } = services
      const { userId } = caller
      const challenge = await findChallenge(database.orm, clock, { text: cookies.challenge, kind: 'new_passkey' })
      cookies.setChallenge(null)
      const mine = challenge?.userId === userId && (await closeChallenge(database.orm, challenge.id))
      if (!challenge || !mine) throw new Refusal('CODE_NOT_ACCEPTED')
      const user = await ownUser(ctx)
      return database.orm.transaction(async (transaction) => {
        const added = await addPasskey(transaction, services, { userId, nonce: challenge.nonce, ...input })
        if (added.kind === 'tooMany')
          throw new Refusal('INVALID_INPUT', {
            fields: { response: 'Remove a passkey first.' },
            problems: { response: 'TOO_MANY' },
          })
        if (added.kind === 'refused') throw new Refusal('CODE_NOT_ACCEPTED')
        const notice = { kind: 'factorAdded', factor: 'passkey' } as const
        await record(transaction, ctx, { user, kind: 'passkey_added', notice })
        return { passkey: added.passkey, recoveryCodes: await firstCodes(transaction, ctx) }
      })
    }),

  renamePasskey: sessionProcedure
    .input(z.strictObject({ passkeyId, name: passkeyName }))
    .mutation(async ({ ctx: { services, caller }, input }) => {
      const passkey = await renamePasskey(services.database.orm, { userId: caller.userId, ...input })
      if (!passkey) throw new Refusal('NOT_FOUND')
      return { passkey }
    }),

  removePasskey: freshProcedure.input(z.strictObject({ passkeyId })).mutation(async ({ ctx, input }) => {
    const { services, caller } = ctx
    const user = await ownUser(ctx)
    await services.database.orm.transaction(async (transaction) => {
      const { userId } = caller
      if (!(await removePasskey(transaction, { userId, ...input }))) throw new Refusal('NOT_FOUND')
      await tidyRecoveryCodes(transaction, userId)
      await record(transaction, ctx, {
        user,
        kind: 'passkey_removed',
        notice: { kind: 'factorRemoved', factor: 'passkey' },
      })
    })
    return {}
  }),
}
