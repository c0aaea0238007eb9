import { z } from 'zod'
import { revokeAllSessions } from '../session/revoke-sessions.ts'
import { parseSingleUseToken } from '../token/single-use-token.ts'
import { redeemSetUpLink } from '../user/set-up-link.ts'
import { linkToken } from './input.ts'
import { policiesOf } from './policies.ts'
import { Refusal } from './refusal.ts'
import { sessionProcedure, settingCookies } from './trpc.ts'

/** What one may do beyond one's own account, and how the first person comes to it. */
export const setUp = {
  policies: sessionProcedure.query(({ ctx: { caller } }) => [...policiesOf(caller.role)]),

  /** Makes the caller the first administrator, with the link that the first start has printed. Ends their sessions, this one too: the old role stands in its tokens. */
  becomeFirstAdministrator: sessionProcedure
    .use(settingCookies)
    .input(z.strictObject({ token: linkToken }))
    .mutation(async ({ ctx, input }) => {
      const { services, caller, origin, cookies, log } = ctx
      const { database, clock, feed } = services
      const { userId, sessionId } = caller
      const token = parseSingleUseToken(input.token)
      if (!token) throw new Refusal('LINK_NOT_ACCEPTED')
      const revoked = await database.orm.transaction(async (transaction) => {
        if (!(await redeemSetUpLink(transaction, clock, { token, userId, origin }))) return null
        return revokeAllSessions(transaction, clock, { userId, sessionId, origin, reason: 'role_changed' })
      })
      if (!revoked) throw new Refusal('LINK_NOT_ACCEPTED')
      log.warn(
        { event: 'first_administrator', userId, ipAddress: origin.ipAddress },
        'The first administrator was set up',
      )
      feed.add(revoked)
      cookies.clear()
      return {}
    }),
}
