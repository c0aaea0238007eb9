import { setTimeout as delay } from 'node:timers/promises'
import type { ExtractTablesWithRelations, SQL } from 'drizzle-orm'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { ConnectionPool, connectionTo } from './connection.ts'
import { createListener } from './listen.ts'
import * as schema from './schema.ts'

/** Runs statements: the database itself or a transaction in it. */
export type Queryable = PgDatabase<PgQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>

/** One open database, on Postgres or embedded; everything above it is the same for both. */
export type Database = {
  orm: Queryable
  /** Calls `onNotify` for each notification, and `onListening` whenever a connection begins to listen, reconnections included. */
  listen(channel: string, onNotify: (payload: string) => void, onListening: () => void): Promise<void>
  /** The connections of this instance, where there are several. */
  connections(): { open: number; idle: number; waiting: number } | null
  close(): Promise<void>
}

type PostgresAddress = {
  url: string
  /** Where to LISTEN; given when `url` is a pooler in transaction mode, which can neither listen nor keep prepared statements. */
  listenUrl?: string | null
  maxConnections?: number
}

/** How long a connection may take to say good-bye before the process goes on without it. */
const farewellMilliseconds = 5_000

/** A pool of connections to Postgres. Connects on first use and again after every loss. */
export function connectPostgres({ url, listenUrl, maxConnections = 10 }: PostgresAddress): Database {
  const pool = new ConnectionPool(url, { max: maxConnections, pooled: Boolean(listenUrl) })
  const listener = createListener(connectionTo(listenUrl ?? url))
  let closing: Promise<unknown> | undefined
  return {
    orm: drizzlePostgres(pool, { schema }),
    listen: (channel, onNotify, onListening) => listener.subscribe({ channel, onNotify, onListening }),
    connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async close() {
      const closed = () => Promise.all([pool.end(), listener.stop()])
      closing ??= Promise.race([closed(), delay(farewellMilliseconds, undefined, { ref: false })])
      await closing
    },
  }
}

/** The rows of a hand-written statement, whichever driver answered. */
export async function rowsOf<Row>(queryable: Queryable, statement: SQL): Promise<Row[]> {
  const result = (await queryable.execute(statement)) as unknown as Row[] | { rows: Row[] }
  return Array.isArray(result) ? result : result.rows
}
