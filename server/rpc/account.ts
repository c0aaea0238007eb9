import { z } from 'zod'
import { countSignInsByDay, listEvents, type SecurityEvent } from '../database/security-events.ts'
import type { Bearer } from '../session/bearer.ts'
import { reauthenticate } from '../session/reauthenticate.ts'
import { revokeOtherSessions } from '../session/revoke-sessions.ts'
import { mintAccessToken } from '../signing/mint-access-token.ts'
import { changePassword, provePassword } from '../user/change-password.ts'
import { adviseAgainst } from '../user/password.ts'
import { rotateNow } from './auth.ts'
import { type Context, tokenPair } from './context.ts'
import { password } from './input.ts'
import { forgiveAccount, limitPasswordAttempt } from './limits.ts'
import { Refusal } from './refusal.ts'
import { router, sessionProcedure, settingCookies } from './trpc.ts'

const changePasswordInput = z.strictObject({
  currentPassword: password,
  newPassword: password,
  revokeOtherSessions: z.boolean().default(true),
})

/** A cursor is the id of the last event seen; opaque to clients. */
const cursor = z
  .string()
  .regex(/^\d{1,15}$/, 'Use a cursor from an earlier page')
  .transform(Number)

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** Which events: of these kinds, from `since` on and before `until`. */
const filter = z.strictObject({
  kinds: z.array(z.string().max(40)).min(1).max(20).optional(),
  since: moment.optional(),
  until: moment.optional(),
})

/** A name of the IANA database, as `Intl` knows it. */
const timeZone = z
  .string()
  .max(50)
  .refine(
    (name) => Intl.supportedValuesOf('timeZone').includes(name) || name === 'UTC',
    'Use a time zone such as Europe/Berlin',
  )

export const account = router({
  changePassword: sessionProcedure
    .use(settingCookies)
    .input(changePasswordInput)
    .mutation(async ({ ctx, input }) => {
      const { services, caller, origin, log } = ctx
      const { database, clock, hasher } = services
      const { userId, sessionId } = caller
      // A stolen session must not become a place to guess at the password; counted by the account's id, known without a query.
      await limitPasswordAttempt(ctx, userId)
      const proven = await provePassword(
        { queryable: database.orm, clock, hasher },
        { userId, password: input.currentPassword, origin },
      )
      if (proven.kind === 'refused') {
        const refused = { event: 'password_change_refused', reason: 'wrong_password', userId, sessionId }
        log.info({ ...refused, ipAddress: origin.ipAddress }, 'Change of password refused')
        throw new Refusal('INVALID_CREDENTIALS')
      }
      await forgiveAccount(ctx, userId)
      const advice =
        input.newPassword === input.currentPassword
          ? 'Choose a password that is not the present one.'
          : adviseAgainst(input.newPassword, [proven.email, proven.name])
      if (advice) throw new Refusal('INVALID_INPUT', { fields: { newPassword: advice } })

      const to = await hasher.hash(input.newPassword)
      const bumpTokenVersion = input.revokeOtherSessions
      const subject = { userId, sessionId, origin }
      const outcome = await database.orm.transaction(async (transaction) => {
        const change = { ...subject, from: proven.passwordHash, to, bumpTokenVersion }
        const tokenVersion = await changePassword(transaction, clock, change)
        if (tokenVersion === null) return null
        await reauthenticate(transaction, clock, { userId, sessionId, tokenVersion })
        if (!input.revokeOtherSessions) return { tokenVersion, revoked: [] }
        const others = { ...subject, reason: 'password_changed' as const }
        return { tokenVersion, revoked: await revokeOtherSessions(transaction, clock, others) }
      })
      if (!outcome) throw new Refusal('INVALID_CREDENTIALS')
      const { tokenVersion, revoked } = outcome
      services.feed.add(revoked)
      // This browser's pair was issued before; a bearer refreshes by itself.
      if (ctx.refreshed) await renewAccessToken(ctx, ctx.refreshed, tokenVersion)
      else if (ctx.cookies.refresh) await rotateNow(ctx)
      return { revokedCount: revoked.length }
    }),

  activity: sessionProcedure
    .input(filter.extend({ cursor: cursor.optional(), limit: z.int().min(1).max(100).default(50) }))
    .query(async ({ ctx: { services, caller }, input: { cursor: before, limit, ...narrowed } }) => {
      const page = { ...narrowed, before, limit: limit + 1 }
      const events = await listEvents(services.database.orm, caller.userId, page)
      const shown = events.slice(0, limit)
      const last = shown.at(-1)
      return {
        events: shown.map(toActivity),
        nextCursor: events.length > shown.length && last ? String(last.id) : null,
      }
    }),

  /** Everything that fits the filter at once, for a file of one's own; the newest ten thousand. */
  exportActivity: sessionProcedure.input(filter).query(async ({ ctx: { services, caller }, input }) => {
    const events = await listEvents(services.database.orm, caller.userId, { ...input, limit: 10_000 })
    return { events: events.map(toActivity) }
  }),

  activityByDay: sessionProcedure
    .input(z.strictObject({ days: z.int().min(1).max(90).default(28), timeZone: timeZone.default('UTC') }))
    .query(({ ctx: { services, caller }, input }) =>
      countSignInsByDay(services.database.orm, services.clock, { userId: caller.userId, ...input }),
    ),
})

function toActivity({ id, kind, reason, sessionId, device, ipAddress, createdAt }: SecurityEvent) {
  return { id: String(id), kind, reason, sessionId, device, ipAddress, createdAt: createdAt.toISOString() }
}

/**
 * Gives a request that has been rotated already an access token of the new token version. A second rotation would leave other
 * tabs, which still send the cookie that this request came with, two generations behind: that is what theft looks like.
 */
async function renewAccessToken(
  { services, cookies }: Context,
  { bearer, refreshToken }: { bearer: Bearer; refreshToken: string },
  tokenVersion: number,
): Promise<void> {
  const now = services.clock.now()
  const renewed = { ...bearer, tokenVersion, authenticatedAt: now, now }
  const accessToken = await mintAccessToken(services.keyRing, services.config, renewed)
  cookies.set(tokenPair({ kind: 'live', bearer: renewed, accessToken, refreshToken }))
}
