import { join } from 'node:path'
import type { Config } from './config.ts'
import { connectPostgres, type Database } from './database/connect.ts'
import { loadOrCreateSecret, lockEmbeddedDatabase, prepareDataDirectory } from './database/data-directory.ts'
import { isDatabaseUnavailable } from './database/faults.ts'
import { migratePostgres } from './database/migrate.ts'

/** Read only where it is used: an instance on Postgres has no other in it. */
const embedded = () => import('./database/embedded.ts')

/** Of the embedded database, in the data directory. */
const ownFolder = 'postgres'

/** What is open while the process runs, closed in the reverse order. */
export type Opened = { database: Database; describe: string; close(): Promise<void> }

/** A start that cannot succeed, in one sentence with its remedy. */
export class StartError extends Error {}

/** Postgres inside this process, gone when it ends. */
export async function openInMemory(): Promise<Opened> {
  const { embeddedDatabase, migrateEmbedded, openEmbedded } = await embedded()
  const client = await openEmbedded()
  await migrateEmbedded(client)
  const database = embeddedDatabase(client)
  return { database, describe: 'embedded, in memory: gone when you stop it', close: () => database.close() }
}

/** The configured database, migrated unless it is to be found as it is. */
export async function openDatabase(config: Config, { migrate = true } = {}): Promise<Opened> {
  return config.databaseUrl === null
    ? openOwn(config, migrate)
    : openPostgres(config.databaseUrl, { listenUrl: config.databaseListenUrl, migrate })
}

async function openOwn({ dataDirectory }: Config, migrate: boolean): Promise<Opened> {
  const release = lockEmbeddedDatabase(dataDirectory)
  const directory = join(dataDirectory, ownFolder)
  const { embeddedDatabase, migrateEmbedded, openEmbedded } = await embedded()
  const client = await openEmbedded({ directory })
  if (migrate) await migrateEmbedded(client)
  const database = embeddedDatabase(client)
  const describe = `embedded Postgres in ${directory} (one process; set DATABASE_URL to run several)`
  return { database, describe, close: () => database.close().finally(release) }
}

/** Postgres at `url`; `listenUrl` when that is a pooler. */
export async function openPostgres(
  url: string,
  { listenUrl = null, migrate = true }: { listenUrl?: string | null; migrate?: boolean } = {},
): Promise<Opened> {
  const { hostname, port, pathname } = new URL(url)
  const where = `Postgres at ${hostname}:${port || 5432}`
  if (migrate)
    await migratePostgres(listenUrl ?? url).catch((error: unknown) => {
      throw new StartError(
        isDatabaseUnavailable(error)
          ? `${where} cannot be reached. Start it, or correct DATABASE_URL.`
          : `${where} refused to be migrated (${codeOf(error)}). Check the user, password and database in DATABASE_URL.`,
        { cause: error },
      )
    })
  const database = connectPostgres({ url, listenUrl })
  return { database, describe: `${where}${pathname}`, close: () => database.close() }
}

/** The SQLSTATE or system code at the bottom of an error. */
export function codeOf(error: unknown): string {
  for (let current = error; current instanceof Error; current = current.cause)
    if ('code' in current && typeof current.code === 'string') return current.code
  return 'unknown reason'
}

/** The configuration with the secret of this installation, which is made if there is none; and the data directory, where it is needed. */
export function settled(read: Config, { needsData = read.databaseUrl === null } = {}): Config {
  if (read.secrets.length === 0 || needsData) prepareDataDirectory(read.dataDirectory)
  if (read.secrets.length > 0) return read
  return Object.freeze({ ...read, secrets: [loadOrCreateSecret(read.dataDirectory)] })
}
