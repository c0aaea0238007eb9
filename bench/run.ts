// `npm run bench [-- names …] [--quick]`: runs the experiments, one after the other, and keeps what they measured in bench/results/.
import { parseArgs } from 'node:util'
import { plotAll } from './charts/plot-all.ts'
import { expiryStorm } from './experiments/expiry-storm.ts'
import { instances } from './experiments/instances.ts'
import { memory } from './experiments/memory.ts'
import { refresh } from './experiments/refresh.ts'
import { revocation } from './experiments/revocation.ts'
import { sessions } from './experiments/sessions.ts'
import { signIn } from './experiments/sign-in.ts'
import { start } from './experiments/start.ts'
import { storm } from './experiments/storm.ts'
import { sweeping } from './experiments/sweep.ts'
import { throughput } from './experiments/throughput.ts'
import { stayOffServerCore } from './harness/cores.ts'
import type { Experiment } from './harness/experiment.ts'
import { keep } from './harness/results.ts'
import { summarise } from './harness/summary.ts'

const experiments: readonly Experiment[] = [
  throughput,
  refresh,
  signIn,
  storm,
  revocation,
  sessions,
  sweeping,
  instances,
  expiryStorm,
  start,
  memory,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
})
const unknown = positionals.filter((name) => !experiments.some((experiment) => experiment.name === name))
if (unknown.length > 0) {
  process.stderr.write(`No experiment is called ${unknown.join(', ')}. There are:\n`)
  for (const { name, about } of experiments) process.stderr.write(`  ${name.padEnd(12)} ${about}\n`)
  process.exit(2)
}
stayOffServerCore()
for (const experiment of experiments) {
  if (positionals.length > 0 && !positionals.includes(experiment.name)) continue
  process.stdout.write(`${experiment.name}: ${experiment.about}\n`)
  keep(experiment.name, await experiment.run({ quick: values.quick }), { quick: values.quick })
}
if (!values.quick) {
  summarise(experiments)
  await plotAll()
}
