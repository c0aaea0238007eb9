import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import type { Database } from './connect.ts'
import { migrationsFolder } from './migrate.ts'
import * as schema from './schema.ts'

/** Postgres inside this process, in `directory`, or in memory when there is none. `image` is what `dumpDataDir` made. */
export async function openEmbedded({ directory, image }: { directory?: string; image?: Blob } = {}): Promise<PGlite> {
  return PGlite.create({ ...(directory ? { dataDir: directory } : {}), ...(image ? { loadDataDir: image } : {}) })
}

/** The embedded database behind the same face as Postgres. */
export function embeddedDatabase(client: PGlite): Database {
  return {
    orm: drizzle(client, { schema }),
    async listen(channel, onNotify, onListening) {
      await client.listen(channel, onNotify)
      onListening()
    },
    connections: () => null,
    close: () => client.close(),
  }
}

/** Brings an embedded database up to date. Its one process needs no lock. */
export async function migrateEmbedded(client: PGlite): Promise<void> {
  await migrate(drizzle(client), { migrationsFolder })
}
