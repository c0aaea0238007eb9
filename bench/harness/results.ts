import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const resultsFolder = fileURLToPath(new URL('../results', import.meta.url))

/** A target of the project and what was measured against it. */
export type Verdict = { target: string; measured: string; met: boolean }

/** What an experiment leaves behind. `figures` is whatever it measured, raw. */
export type Result = { figures: unknown; verdicts: Verdict[] }

type Machine = ReturnType<typeof machine>

function machine() {
  return {
    processor: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    loadAverage: loadavg()[0],
  }
}

/** Keeps a result as `results/<name>.json`, and prints what became of each target. */
export function keep(name: string, { figures, verdicts }: Result, options: { quick: boolean }): void {
  for (const { target, measured, met } of verdicts)
    process.stdout.write(`  ${met ? 'met   ' : 'MISSED'}  ${target}: ${measured}\n`)
  // A quick run shows that the experiment works, not what it measures.
  if (options.quick) return
  mkdirSync(resultsFolder, { recursive: true })
  const kept = { experiment: name, takenAt: new Date().toISOString(), machine: machine(), verdicts, figures }
  writeFileSync(join(resultsFolder, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`)
}

/** A result as it is kept. */
export type Kept<Figures> = { takenAt: string; machine: Machine; verdicts: Verdict[]; figures: Figures }

/** What was kept of an experiment, if it was ever run. */
export function read<Figures>(name: string): Kept<Figures> | null {
  const file = join(resultsFolder, `${name}.json`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept<Figures>) : null
}
