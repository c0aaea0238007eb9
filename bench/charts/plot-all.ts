import { type Chart, draw } from './chart.ts'
import { expiryStorm } from './expiry-storm.ts'
import { instances } from './instances.ts'
import { memory } from './memory.ts'
import { revocation } from './revocation.ts'
import { sessions } from './sessions.ts'
import { start } from './start.ts'
import { throughput } from './throughput.ts'

const charts: readonly Chart[] = [throughput, sessions, instances, revocation, expiryStorm, start, memory]

/** Draws whatever has been measured, beside the results. */
export async function plotAll(): Promise<void> {
  for (const chart of charts)
    process.stdout.write(`${chart.name}: ${(await draw(chart)) ? 'drawn' : 'not measured yet'}\n`)
}
