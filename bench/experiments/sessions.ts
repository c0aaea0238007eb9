import { execFileSync } from 'node:child_process'
import { databaseClock } from '../../server/clock.ts'
import { connectPostgres } from '../../server/database/connect.ts'
import { sweep } from '../../server/session/sweep.ts'
import { type Answer, ask } from '../harness/ask.ts'
import type { Experiment } from '../harness/experiment.ts'
import { startLatchkey } from '../harness/latchkey.ts'
import {
  addExpired,
  cookieOf,
  drawer,
  type Population,
  populate,
  refreshTokenOf,
  sessionIdOf,
  siblingOf,
} from '../harness/population.ts'
import { production, startPostgres } from '../harness/postgres.ts'
import { interleave, ratio, type Series } from '../harness/rounds.ts'
import { median, rounded } from '../harness/statistics.ts'

const acts = ['refresh', 'list', 'revoke'] as const
type Act = (typeof acts)[number]

/** One size: its database, an instance on it, and what was measured of both. */
type Subject = Population & Awaited<ReturnType<typeof startLatchkey>> & { draw(): number; bytesPerSession: number }

function expect200({ status, body }: Answer): void {
  if (status !== 200) throw new Error(`A call was answered ${status}: ${body}`)
}

const refresh = (url: string, n: number) =>
  ask(`${url}/trpc/auth.whoami`, { headers: cookieOf('refresh', refreshTokenOf(n), n) })

/** Prepares a call of a session nobody has touched yet; what comes before it in life (a refresh) is not measured. */
async function prepare(act: Act, subject: Subject): Promise<() => Promise<Answer>> {
  const { url } = subject
  const n = subject.draw()
  if (act === 'refresh') return () => refresh(url, n)
  const refreshed = await refresh(url, n)
  expect200(refreshed)
  const headers = cookieOf('access', refreshed.cookies.get('access') ?? '', n)
  if (act === 'list') return () => ask(`${url}/trpc/session.list`, { headers })
  const body = { sessionId: sessionIdOf(siblingOf(subject, n)) }
  return () => ask(`${url}/trpc/session.revoke`, { headers, body })
}

async function measure(act: Act, subject: Subject, calls: number): Promise<{ latency: number; cpu: number }> {
  const prepared: (() => Promise<Answer>)[] = []
  while (prepared.length < calls) prepared.push(await prepare(act, subject))
  const latencies: number[] = []
  const before = subject.cpuSeconds()
  for (const call of prepared) {
    const answer = await call()
    expect200(answer)
    latencies.push(answer.milliseconds)
  }
  return { latency: median(latencies), cpu: ((subject.cpuSeconds() - before) * 1_000) / calls }
}

async function bytesPerSession({ sql }: Population): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    select (pg_table_size('sessions') + pg_indexes_size('sessions'))::float8 / count(*) as bytes from sessions`
  return row?.bytes ?? Number.NaN
}

/** Milliseconds per thousand rows, as an instance sweeps them. */
async function sweepCost(population: Population, count: number): Promise<number> {
  await addExpired(population, { from: 1_000_000_000, count })
  const database = connectPostgres({ url: population.databaseUrl })
  const startedAt = performance.now()
  const swept = await sweep(database.orm, databaseClock())
  const elapsed = performance.now() - startedAt
  await database.close()
  if (swept.sessions < count) throw new Error(`Of ${count} rows ${swept.sessions} were swept`)
  return (elapsed / count) * 1_000
}

/** What refreshing, listing, revoking and sweeping cost, and how much room a session takes, against how many there are. */
export const sessions: Experiment = {
  name: 'sessions',
  about: 'cost of refresh, list, revoke and sweep against 10 thousand, 1 million and 10 million live sessions',
  async run({ quick }) {
    const sizes = quick ? [1_000, 4_000, 16_000] : [10_000, 1_000_000, 10_000_000]
    const [rounds, calls, expired] = quick ? [2, 20, 2_000] : [7, 100, 10_000]
    const names = sizes.map(String)
    const postgres = await startPostgres(production)
    const subjects = new Map<string, Subject>()
    const filledWithinSeconds: Record<string, number> = {}
    try {
      for (const size of sizes) {
        const startedAt = performance.now()
        const population = await populate(postgres.url, `sessions_${size}`, size)
        filledWithinSeconds[size] = rounded((performance.now() - startedAt) / 1_000)
        process.stdout.write(`  filled ${size} within ${filledWithinSeconds[size]} s\n`)
        const server = await startLatchkey({ databaseUrl: population.databaseUrl })
        subjects.set(String(size), {
          ...population,
          ...server,
          draw: drawer(population),
          bytesPerSession: await bytesPerSession(population),
        })
      }
      const subject = (name: string) => {
        const found = subjects.get(name)
        if (!found) throw new Error(`Nothing has ${name} sessions`)
        return found
      }
      // What the fill has left to write would otherwise be written while the largest is measured.
      for (const { sql } of subjects.values()) await sql`checkpoint`
      execFileSync('sync')
      // A freshly started server compiles as it goes.
      for (const name of names) for (const act of acts) await measure(act, subject(name), quick ? 5 : 50)

      const latencies: Partial<Record<Act, Series<string>>> = {}
      const cpu: Partial<Record<Act, Series<string>>> = {}
      const verdicts = []
      for (const act of acts) {
        const spent: Series<string> = Object.fromEntries(names.map((name) => [name, []]))
        const series = await interleave(names, rounds, async (name) => {
          const measured = await measure(act, subject(name), calls)
          spent[name]?.push(measured.cpu)
          return measured.latency
        })
        latencies[act] = series
        cpu[act] = spent
        const [fewest = '', largest = ''] = [names[0], names.at(-1)]
        const latencyRatio = ratio(series, largest, fewest)
        const cpuRatio = ratio(spent, largest, fewest)
        verdicts.push({
          target: `${act} with ${largest} sessions costs at most 1.3 times what it costs with ${fewest}`,
          measured: `latency ${rounded(latencyRatio)} times (${names.map((name) => rounded(median(series[name] ?? []))).join(', ')} ms), processor ${rounded(cpuRatio)} times`,
          met: latencyRatio <= 1.3 && cpuRatio <= 1.3,
        })
      }
      const sweepMilliseconds: Record<string, number> = {}
      const bytes: Record<string, number> = {}
      for (const name of names) {
        sweepMilliseconds[name] = await sweepCost(subject(name), expired)
        bytes[name] = Math.round(subject(name).bytesPerSession)
      }
      const most = bytes[names.at(-1) ?? ''] ?? Number.NaN
      verdicts.push({
        target: 'a session takes at most 600 bytes, indexes included',
        measured: `${names.map((name) => `${bytes[name]} bytes of ${name}`).join(', ')}`,
        met: most <= 600,
      })
      return {
        figures: {
          sizes,
          latencyMilliseconds: latencies,
          serverCpuMilliseconds: cpu,
          bytesPerSession: bytes,
          sweepMillisecondsPerThousand: sweepMilliseconds,
          filledWithinSeconds,
          postgres: production,
        },
        verdicts,
      }
    } finally {
      for (const { stop, close } of subjects.values()) await Promise.all([stop(), close()])
      await postgres.destroy()
    }
  },
}
