import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pinned, serverCore } from './cores.ts'

/** A server process that is measured. */
export type Measured = {
  url: string
  pid: number
  /** From the moment the process was created until its first answer. */
  startedWithinMilliseconds: number
  /** Seconds of processor time since it started, all threads. */
  cpuSeconds(): number
  residentBytes(): number
  /** Standard output so far; it goes to a file, so that nobody has to read along while something is measured. */
  output(): string
  signal(signal: NodeJS.Signals): void
  stop(): Promise<void>
}

/** What still runs when the experiment ends, however it ends, is killed. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const ticksPerSecond = 100

/** Starts `node ...arguments` on the server's core, in an empty folder, and waits until `url + readyPath` answers 200. */
export async function startProcess(
  command: readonly string[],
  {
    url,
    readyPath,
    environment,
    cores = serverCore,
    folder: kept,
  }: {
    url: string
    readyPath: string
    environment: Record<string, string>
    cores?: number | string
    folder?: string
  },
): Promise<Measured> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const log = join(folder, 'output.log')
  const output = openSync(log, 'w')
  const createdAt = performance.now()
  const child: ChildProcess = spawn(...pinned(cores, [process.execPath, ...command]), {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', output, output],
  })
  const exited = new Promise((resolve) => child.once('close', resolve))
  running.add(child)
  const answers = () =>
    fetch(url + readyPath).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await answers())) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() - createdAt > 60_000)
      throw new Error(`${command.join(' ')} did not start:\n${readFileSync(log, 'utf8')}`)
    await delay(5)
  }
  const startedWithinMilliseconds = performance.now() - createdAt
  const { pid } = child
  if (pid === undefined) throw new Error('A process without an id')

  return {
    url,
    pid,
    startedWithinMilliseconds,
    cpuSeconds() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    },
    residentBytes: () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
    output: () => readFileSync(log, 'utf8'),
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await exited
      clearTimeout(killer)
      running.delete(child)
      if (!kept) rmSync(folder, { recursive: true, force: true })
    },
  }
}
