import { ask } from '../harness/ask.ts'
import type { Experiment } from '../harness/experiment.ts'
import { asOne, startLatchkey } from '../harness/latchkey.ts'
import { cookieOf, drawer, populate, refreshTokenOf } from '../harness/population.ts'
import { startPostgres } from '../harness/postgres.ts'
import { interleave, ratio } from '../harness/rounds.ts'
import { median, rounded } from '../harness/statistics.ts'
import { load } from '../harness/wrk.ts'

const counts = ['1', '2', '3'] as const
type Count = (typeof counts)[number]

/**
 * What one core of servers does when one, two or three instances share it. With a core of its own each would do as much again: what is looked for here is
 * whether instances cost each other anything.
 */
export const instances: Experiment = {
  name: 'instances',
  about: 'what one core does when 1, 2 or 3 instances share it: ordinary calls, and rotations',
  async run({ quick }) {
    const [rounds, seconds] = quick ? [1, 1] : [5, 4]
    const postgres = await startPostgres()
    const population = await populate(postgres.url, 'instances', quick ? 40_000 : 1_000_000)
    const servers: Awaited<ReturnType<typeof startLatchkey>>[] = []
    for (let instance = 0; instance < 3; instance++)
      servers.push(await startLatchkey({ databaseUrl: population.databaseUrl, environment: asOne }))
    const draw = drawer(population)

    const refresh = (url: string, n: number) =>
      ask(`${url}/trpc/auth.whoami`, { headers: cookieOf('refresh', refreshTokenOf(n), n) })

    async function whoami(count: Count): Promise<number> {
      const loads = servers.slice(0, Number(count)).map(async ({ url }) => {
        const n = draw()
        const headers = cookieOf('access', (await refresh(url, n)).cookies.get('access') ?? '', n)
        // As many connections in all, however many instances share them.
        return load(`${url}/trpc/auth.whoami`, { seconds, connections: 12 / Number(count), headers })
      })
      return (await Promise.all(loads)).reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)
    }

    async function rotations(count: Count): Promise<number> {
      const urls = servers.slice(0, Number(count)).map(({ url }) => url)
      const startedAt = performance.now()
      let answered = 0
      async function client(which: number): Promise<void> {
        for (let at = which; performance.now() - startedAt < seconds * 1_000; at++, answered++) {
          const { status } = await refresh(urls[at % urls.length] ?? '', draw())
          if (status !== 200) throw new Error(`A refresh was answered ${status}`)
        }
      }
      await Promise.all(Array.from({ length: 12 }, (_, which) => client(which)))
      return (answered * 1_000) / (performance.now() - startedAt)
    }

    try {
      // A freshly started server compiles as it goes.
      await whoami('3')
      await rotations('3')
      const callsPerSecond = await interleave(counts, rounds, whoami)
      const rotationsPerSecond = await interleave(counts, rounds, rotations)
      const compare = (what: string, series: Record<Count, number[]>) => ({
        target: `three instances on one core do at least 0.8 of the ${what} that one does there`,
        measured: `${rounded(ratio(series, '3', '1'))} (${counts.map((count) => Math.round(median(series[count]))).join(', ')} a second)`,
        met: ratio(series, '3', '1') >= 0.8,
      })
      return {
        figures: { callsPerSecond, rotationsPerSecond },
        verdicts: [compare('ordinary calls', callsPerSecond), compare('rotations', rotationsPerSecond)],
      }
    } finally {
      for (const server of servers) await server.stop()
      await population.close()
      await postgres.destroy()
    }
  },
}
