import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { migrate as migrateNodePostgres } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { type Queryable, rowsOf } from './connect.ts'

/** Beside the server's folder both in the sources and in the build, which has no folders of its own in there. */
export const migrationsFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../drizzle' : '../drizzle', import.meta.url),
)

/** Any number, as long as every instance takes the same one. */
const advisoryLock = 7_305_882

/** Brings Postgres at `url` up to date. Instances that start together wait for each other under an advisory lock. */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  const database = drizzlePostgres(client)
  try {
    await client.connect()
    // The lock belongs to the connection, and dies with it if this process does.
    await database.execute(sql`select pg_advisory_lock(${advisoryLock})`)
    await migrateNodePostgres(database, { migrationsFolder })
  } finally {
    await client.end()
  }
}

/** Which migrations a database has, by the number of them and the names of those that are missing. */
export async function migrationStatus(queryable: Queryable): Promise<{ applied: number; pending: string[] }> {
  const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8')) as {
    entries: { tag: string; when: number }[]
  }
  const [there] = await rowsOf<{ is: boolean }>(
    queryable,
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as is`,
  )
  const rows = there?.is
    ? await rowsOf<{ at: number }>(queryable, sql`select created_at::float8 as at from drizzle.__drizzle_migrations`)
    : []
  const latest = Math.max(0, ...rows.map(({ at }) => at))
  const pending = journal.entries.filter(({ when }) => when > latest).map(({ tag }) => tag)
  return { applied: journal.entries.length - pending.length, pending }
}
