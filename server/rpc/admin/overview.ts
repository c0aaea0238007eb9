import { z } from 'zod'
import { auditActions, listAudit } from '../../database/audit-events.ts'
import { countByDay, countFailures, countTotals } from '../../database/overview.ts'
import { eventCursor, moment, timeZone } from '../input.ts'
import { policyProcedure } from '../trpc.ts'
import { userId } from './act.ts'
import { limit } from './page.ts'

const auditFilter = z.strictObject({
  actorId: userId.optional(),
  /** The id of a user, a session or a signing key. */
  targetId: z.string().min(1).max(100).optional(),
  action: z.enum(auditActions).optional(),
  since: moment.optional(),
  until: moment.optional(),
  cursor: eventCursor.optional(),
  limit,
})

/** How things stand, how they went, and who did what to whom. */
export const overview = {
  overview: policyProcedure('overview:read').query(({ ctx: { services } }) =>
    countTotals(services.database.orm, services.clock),
  ),

  /** Numbers for each of the last days of a time zone; `failures` sums the same days up by reason. */
  series: policyProcedure('overview:read')
    .input(z.strictObject({ days: z.int().min(1).max(28).default(28), timeZone: timeZone.default('UTC') }))
    .query(async ({ ctx: { services }, input }) => {
      const { database, clock } = services
      const days = await countByDay(database.orm, clock, input)
      return { days, failures: await countFailures(database.orm, clock, input) }
    }),

  audit: policyProcedure('audit:read')
    .input(auditFilter)
    .query(async ({ ctx: { services }, input: { cursor: before, limit: size, ...narrowed } }) => {
      const events = await listAudit(services.database.orm, { ...narrowed, before, limit: size + 1 })
      const shown = events.slice(0, size)
      return { events: shown, nextCursor: events.length > size ? (shown.at(-1)?.id ?? null) : null }
    }),
}
