import { fillPlaceholders, type Query, SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

/** A statement whose text is there already. */
class Filled extends SQL {
  readonly #query: Query
  readonly #values: Record<string, unknown>

  constructor(query: Query, values: Record<string, unknown>) {
    super([])
    this.#query = query
    this.#values = values
  }
  override toQuery(): Query {
    return { sql: this.#query.sql, params: fillPlaceholders(this.#query.params, this.#values) }
  }
}

/**
 * A hand-written statement whose text is put together once, instead of each time that it runs: that costs more than sending it. `values` are those of
 * its `sql.placeholder`s. It has no name in the database, so that it goes through a pooler in transaction mode like any other.
 */
export function prepared(statement: SQL): (values: Record<string, unknown>) => SQL {
  const query = new PgDialect().sqlToQuery(statement)
  return (values) => new Filled(query, values)
}
