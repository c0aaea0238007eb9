import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const start = fileURLToPath(new URL('../../scripts/start.js', import.meta.url))

/** One run of `npm start`, without npm around it, in an environment of its own. */
export class StartedProcess {
  readonly child: ChildProcess
  /** Its exit code; `null` when a signal ended it. */
  readonly exited: Promise<number | null>
  output = ''

  constructor(environment: Record<string, string>, ...args: string[]) {
    this.child = spawn(process.execPath, [start, ...args], {
      env: { PATH: process.env.PATH, LOG_LEVEL: 'warn', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    this.exited = new Promise((resolve) => this.child.once('close', resolve))
  }

  /** Resolves when it has said that it is running; fails with what it said when it ends instead. */
  async running(): Promise<this> {
    const announced = new Promise<boolean>((resolve) => {
      const look = () => {
        if (this.output.includes('Ctrl-C')) resolve(true)
      }
      this.child.stdout?.on('data', look)
      look()
    })
    if (await Promise.race([announced, this.exited.then(() => false)])) return this
    throw new Error(`The server did not start:\n${this.output}`)
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
    return this.exited
  }
}
