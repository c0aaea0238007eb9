import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Experiment } from './experiment.ts'
import { read, resultsFolder } from './results.ts'

function sectionOf({ name, about }: Experiment): string {
  const kept = read(name)
  if (!kept) return `## ${name}\n\n${about}. Not measured yet.\n`
  const { machine, takenAt, verdicts } = kept
  const rows = verdicts.map(
    ({ target, measured, met }) => `| ${target} | ${measured} | ${met ? 'met' : '**missed**'} |`,
  )
  const where = `${machine.processor}, ${machine.cores} cores, Node ${machine.node.slice(1)}, commit ${machine.commit}, ${takenAt.slice(0, 10)}`
  return `## ${name}\n\n${about}. ${where}.\n\n| target | measured | |\n|---|---|---|\n${rows.join('\n')}\n`
}

/** Writes results/README.md: what became of every target, from the results that are kept. */
export function summarise(experiments: readonly Experiment[]): void {
  const head =
    '# Results\n\nWritten by `npm run bench`, which [explains itself](../README.md). Every round is in the JSON file of its experiment.\n'
  writeFileSync(join(resultsFolder, 'README.md'), [head, ...experiments.map(sectionOf)].join('\n'))
}
