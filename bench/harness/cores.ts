import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** What is measured has a core of its own; load, database and observers share the others. Without a second core there is nothing to measure. */
export const serverCore = 0
export const otherCores = `1-${Math.max(1, availableParallelism() - 1)}`

/** A command that runs on `cores` only, as `taskset` of util-linux arranges it. */
export const pinned = (cores: number | string, command: readonly string[]): [string, string[]] => [
  'taskset',
  ['-c', String(cores), ...command],
]

/** Moves this process, which measures and loads, away from what it measures. */
export function stayOffServerCore(): void {
  execFileSync('taskset', ['-a', '-p', '-c', otherCores, String(process.pid)], { stdio: 'ignore' })
}

/** For what is prepared before anything is measured. */
export const allCores = `0-${availableParallelism() - 1}`
