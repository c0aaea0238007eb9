import { createDatabase } from '../harness/database.ts'
import type { Experiment } from '../harness/experiment.ts'
import { password, startLatchkey } from '../harness/latchkey.ts'
import { startPostgres } from '../harness/postgres.ts'
import type { Measured } from '../harness/process.ts'
import type { Verdict } from '../harness/results.ts'
import { interleave, ratio, type Series } from '../harness/rounds.ts'
import { median, rounded } from '../harness/statistics.ts'
import { startSubject } from '../harness/subject.ts'
import { type Load, load } from '../harness/wrk.ts'

const connections = 32

type Peer = { program: string; path: string; environment?: Record<string, string>; database?: true }

/**
 * Who is measured beside Latchkey. None of them logs, as their documentation has it and in their favour, but for those called `logged`: they write
 * Latchkey's line for each request.
 */
const peers = {
  'constant-logged': { program: 'constant', path: '/whoami', environment: { LOG: 'line' } },
  constant: { program: 'constant', path: '/whoami' },
  'bare-trpc-logged': { program: 'bare-trpc', path: '/trpc/whoami', environment: { LOG: 'line' } },
  'bare-trpc': { program: 'bare-trpc', path: '/trpc/whoami' },
  'jose-each-request': { program: 'jose-each-request', path: '/trpc/whoami' },
  'session-query': { program: 'session-query', path: '/trpc/whoami', database: true },
  'better-auth': { program: 'better-auth', path: '/trpc/whoami', database: true },
  'better-auth-cookie-cache': {
    program: 'better-auth',
    path: '/trpc/whoami',
    environment: { COOKIE_CACHE: 'on' },
    database: true,
  },
  'express-session': { program: 'express-session', path: '/whoami', database: true },
  'fastify-jwt': { program: 'fastify-jwt', path: '/whoami' },
} as const satisfies Record<string, Peer>

type PeerName = keyof typeof peers
type Name = PeerName | 'latchkey'
const peerNames = Object.keys(peers) as PeerName[]
const names: Name[] = [...peerNames, 'latchkey']

/** What was seen of a subject in one round; its processor time for each call counts all threads. */
type Round = Load & { cpuMicroseconds: number }

type Running = { process: Measured; url: string; cookie: string }

/** The least that Latchkey must reach, as multiples of a peer. */
const targets: readonly { peer: PeerName; atLeast: number; what: string }[] = [
  { peer: 'constant-logged', atLeast: 0.5, what: 'a constant Fastify route with the same log' },
  { peer: 'constant', atLeast: 0.5, what: 'a constant Fastify route without a log' },
  { peer: 'bare-trpc', atLeast: 3, what: 'tRPC on its stock Fastify adapter without authentication or log' },
  { peer: 'better-auth', atLeast: 15, what: 'better-auth in a tRPC context' },
  { peer: 'better-auth-cookie-cache', atLeast: 15, what: 'better-auth in a tRPC context with its cookie cache' },
  { peer: 'session-query', atLeast: 5, what: 'a session query on each request' },
]

function verdictsOf(series: Series<Name>): Verdict[] {
  return targets.map(({ peer, atLeast, what }) => {
    const measured = ratio(series, 'latchkey', peer)
    const figures = `${rounded(median(series.latchkey))} against ${rounded(median(series[peer]))} requests/s`
    return {
      target: `auth.whoami >= ${atLeast} x ${what}`,
      measured: `${rounded(measured)} x (${figures})`,
      met: measured >= atLeast,
    }
  })
}

/** One signed-in person asks who they are, over and over, on kept-alive connections. */
export const throughput: Experiment = {
  name: 'throughput',
  about: 'requests a second of auth.whoami and of what others do, each with one core',
  async run({ quick }) {
    const [rounds, seconds, warmUpSeconds] = quick ? [1, 1, 1] : [9, 3, 10]
    const postgres = await startPostgres()
    const running = new Map<Name, Running>()
    try {
      const latchkey = await startLatchkey({ databaseUrl: await createDatabase(postgres, 'latchkey') })
      const browser = latchkey.browser()
      const { status } = await browser.mutate('auth.signUp', { email: 'ada@example.com', password })
      if (status !== 200) throw new Error(`Nobody can sign up: ${latchkey.output()}`)
      const cookie = browser.cookieHeader()
      running.set('latchkey', { process: latchkey, url: `${latchkey.url}/trpc/auth.whoami`, cookie })
      for (const name of peerNames) {
        const { program, path, environment = {}, database }: Peer = peers[name]
        const process = await startSubject(program, {
          ...environment,
          ...(database ? { DATABASE_URL: await createDatabase(postgres, name) } : {}),
        })
        // Those that authenticate nobody get the same request as Latchkey.
        const own = program === 'constant' || program === 'bare-trpc' ? cookie : await process.signIn()
        running.set(name, { process, url: process.url + path, cookie: own })
      }

      const loads = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Round[]>
      const ask = (name: Name, forSeconds: number) => {
        const { url, cookie } = running.get(name) as Running
        return load(url, { seconds: forSeconds, connections, headers: { cookie } })
      }
      for (const name of names) await ask(name, warmUpSeconds)
      const series = await interleave(names, rounds, async (name) => {
        const { process } = running.get(name) as Running
        const before = process.cpuSeconds()
        const measured = await ask(name, seconds)
        const calls = measured.requestsPerSecond * seconds
        loads[name].push({ ...measured, cpuMicroseconds: ((process.cpuSeconds() - before) / calls) * 1e6 })
        return measured.requestsPerSecond
      })

      const subjects = Object.fromEntries(
        names.map((name) => [
          name,
          {
            requestsPerSecond: rounded(median(series[name])),
            p50Milliseconds: rounded(median(loads[name].map((one) => one.p50Milliseconds))),
            p99Milliseconds: rounded(median(loads[name].map((one) => one.p99Milliseconds))),
            cpuMicroseconds: rounded(median(loads[name].map((one) => one.cpuMicroseconds))),
            latchkeyIsTimesAsFast: rounded(ratio(series, 'latchkey', name)),
            rounds: loads[name],
          },
        ]),
      )
      for (const [
        name,
        { requestsPerSecond, p50Milliseconds, p99Milliseconds, cpuMicroseconds, latchkeyIsTimesAsFast },
      ] of Object.entries(subjects))
        process.stdout.write(
          `  ${name.padEnd(26)} ${String(requestsPerSecond).padStart(7)} requests/s   p50 ${String(p50Milliseconds).padStart(5)} ms   p99 ${String(p99Milliseconds).padStart(5)} ms   ${String(cpuMicroseconds).padStart(5)} µs of processor   latchkey / this ${latchkeyIsTimesAsFast}\n`,
        )
      return {
        figures: { connections, secondsPerRound: seconds, rounds, warmUpSeconds, subjects },
        verdicts: verdictsOf(series),
      }
    } finally {
      await Promise.all([...running.values()].map((one) => one.process.stop()))
      await postgres.destroy()
    }
  },
}
