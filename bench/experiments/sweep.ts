import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ask } from '../harness/ask.ts'
import { otherCores, pinned } from '../harness/cores.ts'
import type { Experiment } from '../harness/experiment.ts'
import { startLatchkey } from '../harness/latchkey.ts'
import { addExpired, cookieOf, drawer, populate, refreshTokenOf } from '../harness/population.ts'
import { production, startPostgres } from '../harness/postgres.ts'
import { interleave, ratio, type Series } from '../harness/rounds.ts'
import { median, percentile, rounded } from '../harness/statistics.ts'

const script = fileURLToPath(new URL('../harness/sweep-once.ts', import.meta.url))
const refreshesPerSecond = 100

/** A sweep that waits for its turn. `run` answers how many sessions it deleted. */
async function prepareSweep(databaseUrl: string): Promise<{ run(): Promise<number> }> {
  const child = spawn(...pinned(otherCores, [process.execPath, '--import', 'tsx', script, databaseUrl]), {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    async run() {
      child.stdin.write('go\n')
      const [said] = await once(child.stdout, 'data')
      return Number(String(said))
    },
  }
}

/** Refresh latency with and without a sweep of many expired rows going on. */
export const sweeping: Experiment = {
  name: 'sweep',
  about: 'p99 of refreshes while a million expired rows are swept, and while none are',
  async run({ quick }) {
    const [live, rounds, expired] = quick ? [8_000, 2, 3_000] : [400_000, 5, 200_000]
    const postgres = await startPostgres(production)
    const population = await populate(postgres.url, 'sweep', live)
    const latchkey = await startLatchkey({ databaseUrl: population.databaseUrl })
    const draw = drawer(population)

    /** Refreshes at a steady pace, whether earlier ones are answered or not, until `until` is over. */
    async function refreshUntil(until: Promise<unknown>): Promise<number[]> {
      let going = true
      void until.finally(() => {
        going = false
      })
      const asked: Promise<number>[] = []
      const startedAt = performance.now()
      while (going) {
        const n = draw()
        const headers = cookieOf('refresh', refreshTokenOf(n), n)
        asked.push(
          ask(`${latchkey.url}/trpc/auth.whoami`, { headers }).then(({ status, milliseconds }) => {
            if (status !== 200) throw new Error(`A refresh was answered ${status}`)
            return milliseconds
          }),
        )
        await delay(Math.max(0, startedAt + (asked.length * 1_000) / refreshesPerSecond - performance.now()))
      }
      return Promise.all(asked)
    }

    const seconds: number[] = []
    const medians: Series<'alone' | 'swept'> = { alone: [], swept: [] }
    try {
      await refreshUntil(delay(quick ? 500 : 5_000))
      const p99 = await interleave(['alone', 'swept'] as const, rounds, async (what, round) => {
        let during: Promise<unknown> = delay(quick ? 1_000 : 8_000)
        if (what === 'swept') {
          await addExpired(population, { from: 1_000_000_000 + round * 10_000_000, count: expired })
          await population.sql`checkpoint`
          const sweep = await prepareSweep(population.databaseUrl)
          const startedAt = performance.now()
          during = sweep.run().then((swept) => {
            if (swept < expired) throw new Error(`Of ${expired} rows ${swept} were swept`)
            seconds.push(rounded((performance.now() - startedAt) / 1_000))
          })
        }
        const latencies = await refreshUntil(during)
        medians[what].push(median(latencies))
        return percentile(latencies, 0.99)
      })
      const raised = ratio(p99, 'swept', 'alone')
      return {
        figures: {
          live,
          expired: expired * rounds,
          refreshesPerSecond,
          p99Milliseconds: p99,
          p50Milliseconds: medians,
          sweepSeconds: seconds,
        },
        verdicts: [
          {
            target: `sweeping ${expired * rounds} expired rows raises the p99 of refreshes to at most 2 times`,
            measured: `${rounded(raised)} times (${rounded(median(p99.alone))} alone, ${rounded(median(p99.swept))} ms swept); ${expired} rows took ${rounded(median(seconds))} s`,
            met: raised <= 2,
          },
        ],
      }
    } finally {
      await latchkey.stop()
      await population.close()
      await postgres.destroy()
    }
  },
}
