import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import { inject } from 'vitest'
import { connectPostgres, type Database } from '../../server/database/connect.ts'
import { embeddedDatabase, openEmbedded } from '../../server/database/embedded.ts'
import { databaseUrl } from './postgres-server.ts'

/** A migrated, empty database of one test's own. `connect` opens it once more, as another instance would. */
export type TestDatabase = {
  url: string | null
  connect(): Promise<Database>
  drop(): Promise<void>
}

async function onPostgres(): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl')
  const name = `latchkey_test_${randomBytes(6).toString('hex')}`
  const url = databaseUrl(serverUrl, name)
  const admin = postgres(serverUrl, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template ${inject('templateName')}`)
  return {
    url,
    connect: async () => connectPostgres({ url }),
    async drop() {
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}

async function onEmbedded(): Promise<TestDatabase> {
  const client = await openEmbedded({ image: new Blob([readFileSync(inject('embeddedImage'))]) })
  // Instances in one process share the one embedded database; it is closed at the end.
  const shared = { ...embeddedDatabase(client), close: async () => {} }
  return { url: null, connect: async () => shared, drop: () => client.close() }
}

/** On Postgres or embedded, as the vitest project says. */
export function createTestDatabase(): Promise<TestDatabase> {
  return inject('databaseKind') === 'postgres' ? onPostgres() : onEmbedded()
}
