import { type SQL, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock.ts'
import { type Database, type Queryable, rowsOf } from '../database/connect.ts'
import {
  attempts,
  challenges,
  erasedSessions,
  mailedLinks,
  securityEvents,
  sessions,
  signingKeys,
} from '../database/schema.ts'

type Swept =
  | typeof sessions
  | typeof securityEvents
  | typeof attempts
  | typeof signingKeys
  | typeof challenges
  | typeof mailedLinks
  | typeof erasedSessions

/** How many rows of each kind a sweep deleted. */
export type SweepCount = {
  sessions: number
  events: number
  attempts: number
  signingKeys: number
  challenges: number
  mailedLinks: number
  erasedSessions: number
}

/** People can read about an ended session for 28 days, and about events for 400. */
const keepSessionsDays = 28
const keepEventsDays = 400
const batchSize = 1_000

/**
 * Deletes what has been over for long: sessions, events, attempt counts, signing keys. Small batches that skip locked rows, so that a
 * sweep disturbs nobody and several instances share the work.
 */
export async function sweep(queryable: Queryable, clock: Clock): Promise<SweepCount> {
  const now = clock.sql()
  const days = (count: number) => sql`${now} - make_interval(days => ${count})`

  async function deleteInBatches(table: Swept, condition: SQL) {
    let total = 0
    for (;;) {
      const [row] = await rowsOf<{ count: number }>(
        queryable,
        sql`
          with over as (select ctid from ${table} where ${condition} limit ${batchSize} for update skip locked),
          gone as (delete from ${table} where ctid = any (array(select ctid from over)) returning 1)
          select count(*)::int as count from gone`,
      )
      const count = row?.count ?? 0
      total += count
      if (count < batchSize) return total
    }
  }

  const revoked = await deleteInBatches(sessions, sql`revoked_at < ${days(keepSessionsDays)}`)
  const expired = await deleteInBatches(sessions, sql`absolute_expires_at < ${days(keepSessionsDays)}`)
  return {
    sessions: revoked + expired,
    events: await deleteInBatches(securityEvents, sql`created_at < ${days(keepEventsDays)}`),
    // Kept for a day longer: whoever comes back meets the longer wait that their blocks have earned.
    attempts: await deleteInBatches(attempts, sql`ends_at < ${days(1)}`),
    signingKeys: await deleteInBatches(signingKeys, sql`trusted_until < ${now}`),
    challenges: await deleteInBatches(challenges, sql`expires_at < ${now}`),
    mailedLinks: await deleteInBatches(mailedLinks, sql`expires_at < ${days(1)}`),
    erasedSessions: await deleteInBatches(erasedSessions, sql`erased_at < ${days(1)}`),
  }
}

const sweepEveryMilliseconds = 10 * 60_000

/** Sweeps now and then. Instances that were started together drift apart, so that they rarely sweep at once. */
export function startSweeping({ database, clock, log }: { database: Database; clock: Clock; log: FastifyBaseLogger }) {
  let timer: NodeJS.Timeout | undefined

  function schedule(): void {
    timer = setTimeout(() => void run(), sweepEveryMilliseconds * (0.5 + Math.random())).unref()
  }

  async function run(): Promise<void> {
    try {
      const swept = await sweep(database.orm, clock)
      if (Object.values(swept).some((count) => count > 0))
        log.info({ event: 'swept', ...swept }, 'Old rows were deleted')
    } catch (error) {
      log.warn({ event: 'sweep_failed', err: error }, 'Old rows could not be deleted')
    }
    if (timer) schedule()
  }

  return {
    start: schedule,
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
