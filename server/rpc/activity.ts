import { z } from 'zod'
import { countSignInsByDay, listEvents, type SecurityEvent } from '../database/security-events.ts'
import { eventCursor, moment, timeZone } from './input.ts'
import { sessionProcedure } from './trpc.ts'

/** Which events: of these kinds, from `since` on and before `until`. */
const filter = z.strictObject({
  kinds: z.array(z.string().max(40)).min(1).max(20).optional(),
  since: moment.optional(),
  until: moment.optional(),
})

export function toActivity({ id, kind, reason, sessionId, device, ipAddress, createdAt }: SecurityEvent) {
  return { id: String(id), kind, reason, sessionId, device, ipAddress, createdAt: createdAt.toISOString() }
}

/** What has happened to the caller's account. */
export const activity = {
  activity: sessionProcedure
    .input(filter.extend({ cursor: eventCursor.optional(), limit: z.int().min(1).max(100).default(50) }))
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
}
