import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const port = 3987

export type Account = { email: string; password: string }

export type DemoServer = { url: string; account: Account; stop(): Promise<void> }

/** Starts the demo server, which says how to sign in. */
export async function startDemo(): Promise<DemoServer> {
  const server = spawn(process.execPath, ['scripts/start.js', '--demo'], {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: String(port), LOG_LEVEL: 'warn', TRUSTED_PROXIES: '127.0.0.1/32,::1/128' },
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
    },
  }
}
