import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Database } from '../../server/database/connect.ts'
import { freePort } from '../harness/postgres-server.ts'
import { createTestDatabase } from '../harness/test-database.ts'
import { startTestServer } from '../harness/test-server.ts'

/** Three servers on one database. */
export type ThreeInstances = { urls: string[]; database: Database; close(): Promise<void> }

export type Settings = Record<string, string>

/** In this process, on one frozen clock: quick to start. */
export async function inThisProcess(settings: Settings): Promise<ThreeInstances> {
  const server = await startTestServer({ instances: 3, environment: settings })
  return { urls: server.instances.map(({ url }) => url), database: server.database, close: () => server.close() }
}

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url))

/** In processes of their own, with clocks, pools and event loops of their own. */
export async function inThreeProcesses(settings: Settings): Promise<ThreeInstances> {
  const testDatabase = await createTestDatabase()
  const database = await testDatabase.connect()
  const started = await Promise.all(
    [1, 2, 3].map(async () => startProcess({ ...settings, DATABASE_URL: testDatabase.url ?? '' })),
  )
  return {
    urls: started.map(({ url }) => url),
    database,
    async close() {
      await Promise.all(started.map(({ stop }) => stop()))
      await database.close()
      await testDatabase.drop()
    },
  }
}

async function startProcess(settings: Settings) {
  const port = await freePort()
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { PATH: process.env.PATH, PORT: String(port), PUBLIC_URL: 'http://localhost:3000', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const running = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        if (output.includes('Ctrl-C')) resolve()
      })
  })
  await Promise.race([running, exited])
  if (child.exitCode !== null) throw new Error(`A server did not start:\n${output}`)
  return {
    url: `http://localhost:${port}`,
    async stop() {
      child.kill('SIGINT')
      await exited
      if (/"level":(50|60)/.test(output)) throw new Error(`Unexpected errors were logged:\n${output}`)
    },
  }
}
