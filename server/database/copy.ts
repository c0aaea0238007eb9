import { is, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { type Queryable, rowsOf } from './connect.ts'
import * as schema from './schema.ts'

const batchSize = 500

/** Every table, each after those that it refers to. */
function tablesInOrder(): PgTable[] {
  const left = Object.values(schema).filter((value) => is(value, PgTable)) as PgTable[]
  const placed: PgTable[] = []
  while (left.length > 0) {
    const next = left.findIndex((table) =>
      getTableConfig(table).foreignKeys.every((key) => {
        const { foreignTable } = key.reference()
        return foreignTable === table || placed.includes(foreignTable)
      }),
    )
    const [table] = left.splice(next, 1)
    if (next < 0 || !table) throw new Error('The tables refer to each other in a circle')
    placed.push(table)
  }
  return placed
}

const nameOf = (table: PgTable) => getTableConfig(table).name

/** The columns that tell rows apart, to read them in a steady order. */
function keyOf(table: PgTable): SQL {
  const { columns, primaryKeys } = getTableConfig(table)
  const names =
    primaryKeys[0]?.columns.map(({ name }) => name) ?? columns.filter(({ primary }) => primary).map(({ name }) => name)
  return sql.join(
    names.map((name) => sql.identifier(name)),
    sql`, `,
  )
}

async function countRows(queryable: Queryable, table: PgTable): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(queryable, sql`select count(*)::int as count from ${table}`)
  return row?.count ?? 0
}

/** Identities go on counting after the rows that were brought along. */
async function advanceIdentities(target: Queryable, table: PgTable): Promise<void> {
  for (const { name, generatedIdentity } of getTableConfig(table).columns) {
    if (!generatedIdentity) continue
    const column = sql.identifier(name)
    await target.execute(
      sql`select setval(pg_get_serial_sequence(${nameOf(table)}, ${name}), greatest(coalesce(max(${column}), 0), 1), max(${column}) is not null) from ${table}`,
    )
  }
}

export type Copied = { kind: 'copied'; rows: Record<string, number> } | { kind: 'notEmpty'; tables: string[] }

/** Thrown inside the transaction, so that nothing of the copy stays. */
class CountsDiffer extends Error {}

/**
 * Copies every row of one migrated database into another one that has none, in one transaction there: all of it arrives, counted, or nothing does. Nobody may
 * write to the source meanwhile.
 */
export async function copyDatabase(source: Queryable, target: Queryable): Promise<Copied> {
  const tables = tablesInOrder()
  return target.transaction(async (transaction): Promise<Copied> => {
    for (const table of tables) await transaction.execute(sql`lock table ${table} in exclusive mode`)
    const taken: string[] = []
    for (const table of tables) if ((await countRows(transaction, table)) > 0) taken.push(nameOf(table))
    if (taken.length > 0) return { kind: 'notEmpty', tables: taken }

    const rows: Record<string, number> = {}
    for (const table of tables) {
      const total = await countRows(source, table)
      for (let offset = 0; offset < total; offset += batchSize) {
        const batch = await source.select().from(table).orderBy(keyOf(table)).limit(batchSize).offset(offset)
        await transaction.insert(table).overridingSystemValue().values(batch)
      }
      const arrived = await countRows(transaction, table)
      if (arrived !== total) throw new CountsDiffer(`${arrived} of ${total} rows of ${nameOf(table)} arrived`)
      await advanceIdentities(transaction, table)
      rows[nameOf(table)] = total
    }
    return { kind: 'copied', rows }
  })
}
