import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { migrateEmbedded, openEmbedded } from '../../server/database/embedded.ts'
import { migratePostgres } from '../../server/database/migrate.ts'
import { createPostgresServer, databaseUrl } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databaseKind: 'embedded' | 'postgres'
    postgresUrl: string
    templateName: string
    embeddedImage: string
  }
}

/** Migrates one database of each kind; tests copy them, which takes milliseconds instead of seconds. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const server = process.env.TEST_DATABASE_URL ? null : await createPostgresServer()
  await server?.start()
  const url = process.env.TEST_DATABASE_URL ?? server?.url ?? ''
  const templateName = `latchkey_template_${process.pid}`
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${templateName}`)
  await migratePostgres(databaseUrl(url, templateName))

  const client = await openEmbedded()
  await migrateEmbedded(client)
  const image = await client.dumpDataDir('none')
  await client.close()
  const imageFile = join(folder, 'embedded.tar')
  writeFileSync(imageFile, Buffer.from(await image.arrayBuffer()))

  project.provide('postgresUrl', url)
  project.provide('templateName', templateName)
  project.provide('embeddedImage', imageFile)

  return async () => {
    await admin.unsafe(`drop database if exists ${templateName} with (force)`)
    await admin.end()
    await server?.destroy()
    rmSync(folder, { recursive: true, force: true })
  }
}
