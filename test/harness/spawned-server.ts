import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './postgres-server.ts'
import { type BrowserOptions, TestBrowser } from './test-browser.ts'

const main = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url))

/** The origin that all instances of a fleet serve; also what test browsers send. */
const publicUrl = 'http://localhost:3000'

export type SpawnedLogLine = { level: number; event?: string } & Record<string, unknown>

/** A server process of its own, as users run it: built, with settings from its environment. It keeps its port and data folder. */
export type SpawnedServer = {
  url: string
  dataDirectory: string
  /** Settings of the next start. */
  environment: Record<string, string>
  /** Starts it and waits until it is ready. */
  start(): Promise<void>
  isRunning(): boolean
  signal(signal: NodeJS.Signals): void
  /** SIGKILL: no good-byes. */
  kill(): Promise<void>
  /** SIGTERM. Answers the exit code. */
  stop(): Promise<number | null>
  /** Kills it and deletes its data. */
  destroy(): Promise<void>
  isReady(): Promise<boolean>
  /** Everything logged so far, over all starts. */
  lines(): SpawnedLogLine[]
  output(): string
  /** Bytes of memory that the process occupies. */
  residentBytes(): number
  browser(options?: BrowserOptions): TestBrowser
}

type Options = {
  environment?: Record<string, string>
  /** A module that the process loads before anything else. */
  preload?: string
}

/** Prepares a server; `start` runs it. */
export async function createSpawnedServer({ environment = {}, preload }: Options = {}): Promise<SpawnedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-server-'))
  const dataDirectory = join(folder, 'data')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let exited: Promise<number | null> = Promise.resolve(null)
  let output = ''

  process.once('exit', () => child?.kill('SIGKILL'))

  async function isReady(): Promise<boolean> {
    const signal = AbortSignal.timeout(3_000)
    return fetch(`${url}/readyz`, { signal }).then(
      ({ ok }) => ok,
      () => false,
    )
  }

  const server: SpawnedServer = {
    url,
    dataDirectory,
    environment,
    isReady,
    async start() {
      const before = output.length
      const settings = { PUBLIC_URL: publicUrl, HOST: '127.0.0.1', PORT: String(port), DATA_DIR: dataDirectory }
      const started = spawn(process.execPath, [...(preload ? ['--import', preload] : []), main], {
        // A folder without an .env of somebody's.
        cwd: folder,
        env: { PATH: process.env.PATH, ...settings, ...server.environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString()
        })
      child = started
      exited = new Promise((resolve) => started.once('close', resolve))
      const giveUpAt = Date.now() + 60_000
      while (!(await isReady())) {
        if (started.exitCode !== null || Date.now() > giveUpAt)
          throw new Error(`The server did not start:\n${output.slice(before)}`)
        await delay(30)
      }
    },
    isRunning: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child?.kill(signal),
    async kill() {
      child?.kill('SIGKILL')
      await exited
    },
    async stop() {
      child?.kill('SIGTERM')
      return exited
    },
    async destroy() {
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
    lines: () =>
      output
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as SpawnedLogLine),
    output: () => output,
    residentBytes() {
      const status = `/proc/${child?.pid}/status`
      if (!existsSync(status)) return Number.NaN
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1]) * 1024
    },
    browser: (options) => new TestBrowser(url, { origin: publicUrl, ...options }),
  }
  return server
}
