import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { revokeAnySession, revokeFitting } from '../../session/revoke-any.ts'
import { countFitting, listAllSessions } from '../../session/sessions-of-all.ts'
import { findUser } from '../../user/find-user.ts'
import { sessionId } from '../input.ts'
import { Refusal } from '../refusal.ts'
import { freshPolicyProcedure, policyProcedure } from '../trpc.ts'
import { actOf, reason, tellUser, userId } from './act.ts'
import { creationCursor, limit, pageOf } from './page.ts'

/** One address, or all that begin alike, as 203.0.113.0/24 or 2001:db8::/32. */
const network = z
  .string()
  .trim()
  .max(50)
  .refine(
    (text) => (ipaddr.isValid(text) || ipaddr.isValidCIDR(text)) && !text.includes('%'),
    'Write an address, or a network such as 203.0.113.0/24',
  )
  .transform((text) => {
    if (!ipaddr.isValidCIDR(text)) return ipaddr.parse(text).toString()
    const [address, bits] = ipaddr.parseCIDR(text)
    return `${address.toString()}/${bits}`
  })

const name = z.string().min(1).max(60)
const days = z.int().min(1).max(3_650)

const filter = z.strictObject({
  userId: userId.optional(),
  email: z.string().trim().toLowerCase().min(1).max(254).optional(),
  network: network.optional(),
  olderThanDays: days.optional(),
  inactiveForDays: days.optional(),
  kind: z.enum(['desktop', 'mobile', 'tablet', 'app', 'unknown']).optional(),
  browser: name.optional(),
  os: name.optional(),
})

/** Signed-in devices of everybody. */
export const sessions = {
  sessions: policyProcedure('sessions:read-any')
    .input(z.strictObject({ filter: filter.default({}), cursor: creationCursor.optional(), limit }))
    .query(async ({ ctx: { services, caller }, input }) => {
      const page = { filter: input.filter, currentId: caller.sessionId, after: input.cursor, limit: input.limit + 1 }
      const all = await listAllSessions(services.database.orm, services.clock, page)
      const { rows, nextCursor } = pageOf(all, input.limit)
      return { sessions: rows, nextCursor }
    }),

  /** `count` is what `revokeSessions` would end: the caller's own devices, and those of people above them, are not in it. */
  countSessions: policyProcedure('sessions:revoke-any')
    .input(z.strictObject({ filter: filter.default({}) }))
    .query(({ ctx, input }) => {
      const { database, clock } = ctx.services
      return countFitting(database.orm, clock, { filter: input.filter, actor: actOf(ctx, '').actor })
    }),

  revokeSession: freshPolicyProcedure('sessions:revoke-any')
    .input(z.strictObject({ sessionId, reason }))
    .mutation(async ({ ctx, input }) => {
      const { database, clock, feed } = ctx.services
      const revoked = await database.orm.transaction(async (transaction) => {
        const act = actOf(ctx, input.reason)
        const ended = await revokeAnySession(transaction, clock, { sessionId: input.sessionId, act })
        const owner = ended && (await findUser(transaction, ended.userId))
        const told = 'signed out one of your devices'
        if (owner) await tellUser(transaction, ctx, { to: owner.email, told, reason: input.reason })
        return ended
      })
      if (!revoked) throw new Refusal('NOT_FOUND')
      feed.add([input.sessionId])
      return { revokedCount: 1 }
    }),

  /** Ends what `countSessions` has counted, if the count still holds; else nothing, and answers the new count. */
  revokeSessions: freshPolicyProcedure('sessions:revoke-any')
    .input(z.strictObject({ filter: filter.default({}), expectedCount: z.int().min(0).max(10_000_000), reason }))
    .mutation(async ({ ctx, input }) => {
      const { database, clock, feed } = ctx.services
      const { filter: fits, expectedCount } = input
      const act = actOf(ctx, input.reason)
      const outcome = await revokeFitting(database.orm, clock, { filter: fits, expectedCount, act })
      if (outcome.kind === 'countChanged') return { status: 'countChanged' as const, count: outcome.count }
      feed.add(outcome.sessionIds)
      return { status: 'revoked' as const, revokedCount: outcome.sessionIds.length }
    }),
}
