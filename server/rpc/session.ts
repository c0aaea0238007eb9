import { z } from 'zod'
import { countSessions, listEndedSessions, listSessions, renameSession } from '../session/list-sessions.ts'
import { revokeAllSessions, revokeOtherSessions, revokeSession } from '../session/revoke-sessions.ts'
import { deviceName, resumption, sessionId } from './input.ts'
import { Refusal } from './refusal.ts'
import { freshProcedure, router, sessionProcedure, settingCookies } from './trpc.ts'
import { watchSessions } from './watch-sessions.ts'

export const session = router({
  list: sessionProcedure
    .input(z.strictObject({ after: sessionId.optional(), limit: z.int().min(1).max(100).optional() }).optional())
    .query(({ ctx: { services, caller }, input }) => {
      const owner = { userId: caller.userId, currentId: caller.sessionId }
      return listSessions(services.database.orm, services.clock, { ...owner, ...input })
    }),

  count: sessionProcedure.query(({ ctx: { services, caller } }) =>
    countSessions(services.database.orm, services.clock, caller.userId),
  ),

  ended: sessionProcedure.query(({ ctx: { services, caller } }) =>
    listEndedSessions(services.database.orm, services.clock, caller.userId),
  ),

  rename: sessionProcedure
    .input(z.strictObject({ sessionId, name: deviceName }))
    .mutation(async ({ ctx: { services, caller }, input }) => {
      const owner = { userId: caller.userId, currentId: caller.sessionId }
      const renamed = await renameSession(services.database.orm, services.clock, { ...owner, ...input })
      if (!renamed) throw new Refusal('NOT_FOUND')
      return renamed
    }),

  revoke: sessionProcedure
    .use(settingCookies)
    .input(z.strictObject({ sessionId }))
    .mutation(async ({ ctx: { services, caller, cookies, origin }, input }) => {
      const subject = { userId: caller.userId, sessionId: input.sessionId, origin, reason: 'revoked' as const }
      const revoked = await services.database.orm.transaction((transaction) =>
        revokeSession(transaction, services.clock, subject),
      )
      if (!revoked) throw new Refusal('NOT_FOUND')
      services.feed.add([input.sessionId])
      if (input.sessionId === caller.sessionId) cookies.clear()
      return { revokedCount: 1 }
    }),

  revokeOthers: sessionProcedure.mutation(async ({ ctx: { services, caller, origin } }) => {
    const { userId, sessionId } = caller
    const revoked = await services.database.orm.transaction((transaction) =>
      revokeOtherSessions(transaction, services.clock, { userId, sessionId, origin, reason: 'revoked_others' }),
    )
    services.feed.add(revoked)
    return { revokedCount: revoked.length }
  }),

  revokeAll: freshProcedure.use(settingCookies).mutation(async ({ ctx: { services, caller, cookies, origin } }) => {
    const { userId, sessionId } = caller
    const revoked = await services.database.orm.transaction((transaction) =>
      revokeAllSessions(transaction, services.clock, { userId, sessionId, origin }),
    )
    services.feed.add(revoked)
    cookies.clear()
    return { revokedCount: revoked.length }
  }),

  watch: sessionProcedure
    .input(resumption)
    .subscription(({ ctx, input, signal }) =>
      watchSessions(ctx, { caller: ctx.caller, lastEventId: input?.lastEventId, signal }),
    ),
})
