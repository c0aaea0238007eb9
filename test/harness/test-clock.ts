import { sql } from 'drizzle-orm'
import type { Clock } from '../../server/clock.ts'

/** A clock that stands still until it is told otherwise; the database is told the same time. */
export type TestClock = Clock & { advance(milliseconds: number): void }

export const seconds = (count: number) => count * 1_000
export const minutes = (count: number) => seconds(60 * count)
export const hours = (count: number) => minutes(60 * count)
export const days = (count: number) => hours(24 * count)

export function createTestClock(start = Date.UTC(2026, 10, 23, 12)): TestClock {
  let now = start
  return {
    now: () => now,
    elapsed: () => now - start,
    moment: () => new Date(now).toISOString(),
    sql: () => sql`${new Date(now).toISOString()}::timestamptz`,
    follow: () => {},
    advance(milliseconds) {
      now += milliseconds
    },
  }
}
