import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { otherCores, pinned } from './cores.ts'

/** A program of bench/load/ that runs beside what it loads, on the other cores. */
export type Program = {
  /** It has started and waits for `go`. */
  ready: Promise<void>
  go(): void
  /** What it printed, when it has ended by itself or after `stop`. */
  answer: Promise<unknown>
  stop(): void
}

/**
 * Starts `bench/load/<name>.ts`; its standard output is one JSON value. An observer comes before whatever else runs on its cores, where the
 * user may say so: if it were kept waiting itself it would measure that.
 */
export function startProgram(
  name: string,
  given: readonly (string | number)[],
  { observes = false, cores = otherCores }: { observes?: boolean; cores?: number | string } = {},
): Program {
  const path = fileURLToPath(new URL(`../load/${name}.ts`, import.meta.url))
  const command = [process.execPath, '--import', 'tsx', path, ...given.map(String)]
  const child = spawn(...pinned(cores, observes ? ['nice', '-n', '-10', ...command] : command), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const answer = new Promise<unknown>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      process.off('exit', kill)
      if (code === 0) resolve(JSON.parse(output))
      else reject(new Error(`${name} ended with ${code}`))
    })
  })
  // Whoever waits for the answer hears of a failure; until then it is nobody's.
  answer.catch(() => {})
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    answer.catch(reject)
  })
  return { ready, go: () => void child.send('go'), answer, stop: () => void child.kill('SIGTERM') }
}
