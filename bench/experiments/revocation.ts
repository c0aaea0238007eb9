import { setTimeout as delay } from 'node:timers/promises'
import { ask } from '../harness/ask.ts'
import type { Experiment } from '../harness/experiment.ts'
import { asOne, startLatchkey } from '../harness/latchkey.ts'
import {
  cookieOf,
  drawer,
  type Population,
  populate,
  refreshTokenOf,
  sessionIdOf,
  siblingOf,
} from '../harness/population.ts'
import { startPostgres } from '../harness/postgres.ts'
import { median, percentile, rounded } from '../harness/statistics.ts'

type Server = Awaited<ReturnType<typeof startLatchkey>>
type Fleet = { population: Population; servers: readonly Server[]; draw(): number }

const targetMilliseconds = 50

async function accessTokenOf(server: Server, n: number): Promise<string> {
  const { cookies } = await ask(`${server.url}/trpc/auth.whoami`, {
    headers: cookieOf('refresh', refreshTokenOf(n), n),
  })
  const token = cookies.get('access')
  if (!token) throw new Error('A refresh set no access token')
  return token
}

/**
 * Somebody signs their phone out at one instance; how long from their asking until each instance refuses the phone's access token. Asked as fast as
 * answers come, so that the time of a call is part of the figure.
 */
async function untilRefused({ population, servers, draw }: Fleet): Promise<number> {
  const [elsewhere] = servers
  if (!elsewhere) throw new Error('No instance')
  const n = draw()
  const phone = siblingOf(population, n)
  const owner = cookieOf('access', await accessTokenOf(elsewhere, n), n)
  const access = await accessTokenOf(elsewhere, phone)
  const headers = cookieOf('access', access, phone)
  for (const { url } of servers) {
    const { status } = await ask(`${url}/trpc/auth.whoami`, { headers })
    if (status !== 200) throw new Error(`A device that is signed in was answered ${status}`)
  }
  const revokedAt = performance.now()
  const revoking = ask(`${elsewhere.url}/trpc/session.revoke`, {
    headers: owner,
    body: { sessionId: sessionIdOf(phone) },
  })
  const refusals = servers.map(async ({ url }) => {
    for (;;) {
      const { status } = await ask(`${url}/trpc/auth.whoami`, { headers })
      if (status === 401) return performance.now() - revokedAt
      if (performance.now() - revokedAt > 15_000) throw new Error('A revoked device is still signed in')
      await delay(1)
    }
  })
  const { status } = await revoking
  if (status !== 200) throw new Error(`A revocation was answered ${status}`)
  return Math.max(...(await Promise.all(refusals)))
}

/** Revokes other people's sessions at a steady pace, straight in the table, where the product's own triggers notify. */
async function revokeSteadily({ population, draw }: Fleet, perSecond: number, over: () => boolean): Promise<number> {
  const startedAt = performance.now()
  let revoked = 0
  const running = new Set<Promise<unknown>>()
  while (!over() && perSecond > 0) {
    const statement =
      population.sql`update sessions set revoked_at = now(), revoked_reason = 'revoked' where id = ${sessionIdOf(draw())}`.execute()
    running.add(statement)
    void statement.finally(() => running.delete(statement))
    revoked++
    await delay(Math.max(0, startedAt + (revoked * 1_000) / perSecond - performance.now()))
  }
  await Promise.all(running)
  return revoked
}

async function atRate(fleet: Fleet, perSecond: number, seconds: number) {
  const startedAt = performance.now()
  const cpuBefore = fleet.servers.map(({ cpuSeconds }) => cpuSeconds())
  const over = () => performance.now() - startedAt > seconds * 1_000
  const background = revokeSteadily(fleet, perSecond, over)
  const milliseconds: number[] = []
  while (!over()) {
    milliseconds.push(await untilRefused(fleet))
    await delay(20)
  }
  const revoked = await background
  const elapsed = (performance.now() - startedAt) / 1_000
  return {
    perSecond,
    revokedPerSecond: rounded(revoked / elapsed),
    untilRefusedMilliseconds: milliseconds,
    p50Milliseconds: median(milliseconds),
    p99Milliseconds: percentile(milliseconds, 0.99),
    // Probes included; the first row, without revocations by others, shows what they are.
    coreSharePerInstance: rounded(
      fleet.servers.reduce((sum, { cpuSeconds }, at) => sum + cpuSeconds() - (cpuBefore[at] ?? 0), 0) /
        fleet.servers.length /
        elapsed,
    ),
  }
}

/** What a revocation costs the database with the triggers that notify, and without, in milliseconds; three instances listen. */
async function notifyCost({ population: { sql }, draw }: Fleet, count: number) {
  const update = async () => {
    const startedAt = performance.now()
    await sql`update sessions set revoked_at = now(), revoked_reason = 'revoked' where id = ${sessionIdOf(draw())}`
    return performance.now() - startedAt
  }
  const notified: number[] = []
  const silent: number[] = []
  for (let at = 0; at < count; at++) {
    notified.push(await update())
    await sql`set session_replication_role = replica`
    silent.push(await update())
    await sql`set session_replication_role = origin`
  }
  return { notifiedMilliseconds: median(notified), silentMilliseconds: median(silent) }
}

/** Bytes that an instance holds for each session in its feed: half the table is revoked at once. */
async function feedMemory({ population: { sql }, servers }: Fleet, count: number) {
  await delay(2_000)
  const before = servers.map(({ residentBytes }) => residentBytes())
  await sql`
    update sessions set revoked_at = now(), revoked_reason = 'revoked'
    where id in (select id from sessions where revoked_at is null order by id limit ${count})`
  await delay(count > 10_000 ? 8_000 : 1_000)
  const grown = servers.map(({ residentBytes }, at) => residentBytes() - (before[at] ?? 0))
  return { revokedAtOnce: count, bytesPerRevocation: Math.round(median(grown) / count) }
}

/** How soon a revocation bites on every instance, and what many of them cost. */
export const revocation: Experiment = {
  name: 'revocation',
  about: 'time until each of three instances refuses a revoked session; lag and cost against revocations per second',
  async run({ quick }) {
    const [seconds, rates, bulk] = quick ? [1, [0, 50], 2_000] : [12, [0, 10, 100, 500], 100_000]
    const postgres = await startPostgres()
    const population = await populate(postgres.url, 'revocation', quick ? 16_000 : 400_000)
    const servers: Server[] = []
    for (let instance = 0; instance < 3; instance++)
      servers.push(await startLatchkey({ databaseUrl: population.databaseUrl, environment: asOne }))
    const fleet: Fleet = { population, servers, draw: drawer(population) }
    try {
      // Freshly started servers compile as they go, and here each of three does a third of the work.
      for (let warm = 0; warm < (quick ? 5 : 600); warm++) await untilRefused(fleet)
      const alone: number[] = []
      while (alone.length < (quick ? 10 : 300)) alone.push(await untilRefused(fleet))
      const byRate = []
      for (const rate of rates) byRate.push(await atRate(fleet, rate, seconds))
      const notify = await notifyCost(fleet, quick ? 20 : 500)
      const feed = await feedMemory(fleet, bulk)
      const p99 = percentile(alone, 0.99)
      const busiest = byRate.at(-1)
      return {
        figures: { untilRefusedMilliseconds: alone, byRate, notify, feed },
        verdicts: [
          {
            target: `each of three instances refuses a revoked session within ${targetMilliseconds} ms (p99)`,
            measured: `p50 ${rounded(median(alone))} ms, p99 ${rounded(p99)} ms of ${alone.length}`,
            met: p99 <= targetMilliseconds,
          },
          {
            target: `so they do at ${busiest?.perSecond} revocations a second`,
            measured: `p99 ${rounded(busiest?.p99Milliseconds ?? Number.NaN)} ms at ${busiest?.revokedPerSecond} a second; ${feed.bytesPerRevocation} bytes of memory for each remembered`,
            met: (busiest?.p99Milliseconds ?? Number.NaN) <= targetMilliseconds,
          },
        ],
      }
    } finally {
      for (const server of servers) await server.stop()
      await population.close()
      await postgres.destroy()
    }
  },
}
