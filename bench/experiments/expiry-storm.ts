import { ask, each } from '../harness/ask.ts'
import type { Experiment } from '../harness/experiment.ts'
import { startLatchkey } from '../harness/latchkey.ts'
import { cookieOf, drawer, populate, refreshTokenOf } from '../harness/population.ts'
import { startPostgres } from '../harness/postgres.ts'
import { interleave } from '../harness/rounds.ts'
import { median, percentile, rounded } from '../harness/statistics.ts'

const requestsEach = 3

type Fleet = 'one instance' | 'three instances'
type Storm = { answeredWithinMilliseconds: number; p50Milliseconds: number; p99Milliseconds: number; failures: number }

/** A thousand people whose access tokens expire in the same second, each on a page that asks for three things at once. */
export const expiryStorm: Experiment = {
  name: 'expiry-storm',
  about: '1,000 clients whose access tokens expire in the same second, three requests each at once',
  async run({ quick }) {
    const [clients, rounds] = quick ? [50, 1] : [1_000, 5]
    const postgres = await startPostgres()
    const population = await populate(postgres.url, 'storm', clients * 4 * (2 * rounds + 2) * 2)
    const draw = drawer(population)
    const servers: Awaited<ReturnType<typeof startLatchkey>>[] = []
    for (let instance = 0; instance < 3; instance++)
      servers.push(await startLatchkey({ databaseUrl: population.databaseUrl }))
    const fleets: Record<Fleet, typeof servers> = { 'one instance': servers.slice(0, 1), 'three instances': servers }

    async function storm(fleet: Fleet): Promise<Storm> {
      const urls = fleets[fleet].map(({ url }) => `${url}/trpc/auth.whoami`)
      const requests = Array.from({ length: clients }, draw).flatMap((n) => {
        const headers = cookieOf('refresh', refreshTokenOf(n), n)
        return Array.from({ length: requestsEach }, (_, at) => ({ url: urls[at % urls.length] ?? '', headers }))
      })
      const latencies: number[] = []
      let failures = 0
      const startedAt = performance.now()
      await each(requests, requests.length, async ({ url, headers }) => {
        const answer = await ask(url, { headers }).catch(() => null)
        if (answer?.status !== 200) failures++
        latencies.push(performance.now() - startedAt)
      })
      return {
        answeredWithinMilliseconds: performance.now() - startedAt,
        p50Milliseconds: percentile(latencies, 0.5),
        p99Milliseconds: percentile(latencies, 0.99),
        failures,
      }
    }

    try {
      const names = Object.keys(fleets) as Fleet[]
      // The first storm meets code that has never run, and opens the connections.
      for (const name of names) await storm(name)
      const storms: Record<Fleet, Storm[]> = { 'one instance': [], 'three instances': [] }
      const answered = await interleave(names, rounds, async (name) => {
        const seen = await storm(name)
        storms[name].push(seen)
        return seen.answeredWithinMilliseconds
      })
      return {
        figures: { clients, requestsEach, storms },
        verdicts: names.map((name) => {
          const failures = storms[name].reduce((sum, seen) => sum + seen.failures, 0)
          const p99 = median(storms[name].map(({ p99Milliseconds }) => p99Milliseconds))
          return {
            target: `nobody is signed out when ${clients} clients expire at once, on ${name}`,
            measured: `${failures} failures; all ${clients * requestsEach} requests answered within ${rounded(median(answered[name]))} ms, p99 ${rounded(p99)} ms`,
            met: failures === 0,
          }
        }),
      }
    } finally {
      for (const server of servers) await server.stop()
      await population.close()
      await postgres.destroy()
    }
  },
}
