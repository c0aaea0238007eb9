import { type SQL, sql } from 'drizzle-orm'

/** A moment of the database as milliseconds since the epoch, the one shape in which time leaves a hand-written statement. */
export function milliseconds(moment: SQL | SQL.Aliased | { getSQL(): SQL }): SQL<number> {
  return sql<number>`(extract(epoch from ${moment}) * 1000)::float8`
}

/** In a prepared statement the moment that it is given as `moment`, else the database's own. */
export const givenMoment: SQL = sql`coalesce(${sql.placeholder('moment')}::timestamptz, now())`

/** A moment `seconds` after `from`. */
export function after(from: SQL, seconds: number): SQL {
  return sql`${from} + make_interval(secs => ${seconds})`
}
