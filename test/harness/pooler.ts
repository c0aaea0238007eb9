import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { freePort } from './postgres-server.ts'

export type Pooler = {
  /** The address of a database, by way of the pooler. */
  through(url: string): string
  stop(): Promise<void>
}

/** PgBouncer refuses root as Postgres does. */
function unprivileged(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** PgBouncer in transaction mode with few connections of its own, so that transactions of different clients take turns on them. */
export async function startPooler(postgresPort: number): Promise<Pooler> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pooler-'))
  const port = await freePort()
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: 'transaction',
    default_pool_size: 4,
    max_client_conn: 200,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const database = `* = host=127.0.0.1 port=${postgresPort} user=postgres`
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(file, ['[databases]', database, '[pgbouncer]', ...lines, ''].join('\n'))
  chmodSync(folder, 0o755)

  let output = ''
  const child = spawn('pgbouncer', [file], { ...unprivileged(), cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const exited = new Promise((resolve) => child.once('close', resolve))
  process.once('exit', () => child.kill('SIGKILL'))

  const through = (url: string) => {
    const address = new URL(url)
    address.port = String(port)
    return address.href
  }
  const giveUpAt = Date.now() + 15_000
  const isUp = async () => {
    const sql = postgres(through(`postgres://postgres@127.0.0.1:${postgresPort}/postgres`), {
      max: 1,
      prepare: false,
      connect_timeout: 2,
      onnotice: () => {},
    })
    try {
      await sql`select 1`
      return true
    } catch {
      return false
    } finally {
      await sql.end({ timeout: 0 })
    }
  }
  while (!(await isUp())) {
    if (Date.now() > giveUpAt || child.exitCode !== null) throw new Error(`PgBouncer does not pool:\n${output}`)
    await delay(50)
  }
  return {
    through,
    async stop() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
