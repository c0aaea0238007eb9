import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeLocationFile } from '../test/harness/location-file.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const port = 3987

export type Account = { email: string; password: string }

export type DemoServer = { url: string; account: Account; stop(): Promise<void> }

/** Starts the demo server, which says how to sign in, with an operator's file of places. */
export async function startDemo(): Promise<DemoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-demo-'))
  const places = join(folder, 'places.mmdb')
  writeLocationFile(places, 203, { country: 'Germany' })
  const server = spawn(process.execPath, ['scripts/start.js', '--demo'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      TRUSTED_PROXIES: '127.0.0.1/32,::1/128',
      LOCATION_DATABASE: places,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()))
  let output = ''
  const announced = new Promise<Account | null>((resolve) => {
    server.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const [email] = /\S+@example\.com/.exec(output) ?? []
      const [password] = /\bdemo-[\w-]+/.exec(output) ?? []
      if (email && password && output.includes('Ctrl-C')) resolve({ email, password })
    })
  })
  const account = await Promise.race([announced, ended.then(() => null)])
  if (!account) throw new Error(`The demo server did not start:\n${output}`)
  return {
    url: `http://localhost:${port}`,
    account,
    async stop() {
      server.kill('SIGINT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
