import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Queryable } from './connect.ts'

/**
 * A hand-written statement whose text is put together once, instead of for each time that it runs: that costs more than sending it. `values` are those of
 * its `sql.placeholder`s. It has no name in the database, so that it goes through a pooler in transaction mode like any other.
 */
export function prepared<Row>(
  queryable: Queryable,
  statement: SQL,
): (values: Record<string, unknown>) => Promise<Row[]> {
  const query = new PgDialect().sqlToQuery(statement)
  const runnable = queryable._.session.prepareQuery(query, undefined, undefined, false)
  return async (values) => {
    const result = (await runnable.execute(values)) as Row[] | { rows: Row[] }
    return Array.isArray(result) ? result : result.rows
  }
}
