import { type SQL, sql } from 'drizzle-orm'

/**
 * The one source of time. Instances may disagree about the hour; the database is asked instead (`sql`), and what
 * happens in memory follows it (`now`). Tests pass a clock that stands still.
 */
export type Clock = {
  /** Milliseconds since the epoch, by the database's clock as far as it is known. */
  now(): number
  /** Milliseconds that only ever grow; for "how long ago did we hear". */
  elapsed(): number
  /** The present moment inside a statement. */
  sql(): SQL
  /** The present moment for a statement whose text stays the same, and which has `givenMoment` in it: `null` is the database's own. */
  moment(): string | null
  /** Told the database's time on every read of the revocation feed. */
  follow(databaseNow: number): void
}

/** A moment in milliseconds since the epoch, as replies have it (RFC 3339). */
export const iso = (moment: number): string => new Date(moment).toISOString()

/** The clock of a running server: the machine's, corrected to the database's. */
export function databaseClock(): Clock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    elapsed: () => performance.now(),
    sql: () => sql`now()`,
    moment: () => null,
    follow(databaseNow) {
      offset = databaseNow - Date.now()
    },
  }
}
