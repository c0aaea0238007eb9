import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Experiment } from '../harness/experiment.ts'
import { password, startLatchkey } from '../harness/latchkey.ts'
import { startPostgres } from '../harness/postgres.ts'
import type { Measured } from '../harness/process.ts'
import { startProgram } from '../harness/program.ts'
import { median, percentile, rounded } from '../harness/statistics.ts'

const signIns = 500
const callsPerSecond = 100

type LoopDelay = { p50: number; p99: number; max: number }

/** How late the event loop was since it was last asked, in milliseconds. */
async function loopDelay(server: Measured): Promise<LoopDelay> {
  const lines = () =>
    server
      .output()
      .split('\n')
      .filter((line) => line.includes('"event_loop_delay"'))
  const seen = lines().length
  server.signal('SIGWINCH')
  for (;;) {
    const line = lines()[seen]
    if (line) return JSON.parse(line) as LoopDelay
    await delay(20)
  }
}

/** Five hundred people with their fingers on the key; answers how many had which reply, and after how long the last. */
async function crowdAt(url: string) {
  const crowd = startProgram('sign-in-at-once', [`${url}/trpc/auth.signIn`, signIns])
  await crowd.ready
  return {
    async signIn() {
      const startedAt = performance.now()
      crowd.go()
      const replies = await crowd.answer
      return { replies, seconds: rounded((performance.now() - startedAt) / 1_000) }
    },
  }
}

/** Somebody calls `auth.whoami` steadily until `until` is over. */
async function during<Value>(url: string, cookie: string, until: () => Promise<Value>) {
  const given = [`${url}/trpc/auth.whoami`, cookie, callsPerSecond]
  const caller = startProgram('call-steadily', given, { observes: true })
  await caller.ready
  caller.go()
  // Its first calls are no part of what is measured.
  await delay(1_000)
  const value = await until()
  caller.stop()
  return { latencies: ((await caller.answer) as number[]).slice(callsPerSecond), value }
}

const figuresOf = (latencies: readonly number[], loops: readonly LoopDelay[]) => ({
  calls: latencies.length,
  p50Milliseconds: rounded(median(latencies)),
  p99Milliseconds: rounded(percentile(latencies, 0.99)),
  maxMilliseconds: rounded(Math.max(...latencies)),
  eventLoopP99Milliseconds: loops.map(({ p99 }) => rounded(p99)),
  eventLoopMaxMilliseconds: loops.map(({ max }) => rounded(max)),
})

export const storm: Experiment = {
  name: 'storm',
  about: 'what 500 sign-ins at the same moment cost somebody who is signed in',
  async run({ quick }) {
    const rounds = quick ? 1 : 5
    const postgres = await startPostgres()
    const server = await startLatchkey({
      databaseUrl: postgres.url,
      flags: ['--import', fileURLToPath(new URL('../harness/event-loop.js', import.meta.url))],
    })
    const idle = { latencies: [] as number[], loops: [] as LoopDelay[] }
    const stormy = { latencies: [] as number[], loops: [] as LoopDelay[] }
    const answers: unknown[] = []
    try {
      const browser = server.browser()
      await browser.api.auth.signUp.mutate({ email: 'ada@example.com', password })
      const cookie = browser.cookieHeader()
      // The server has seen sign-ins before, as a server has.
      await during(server.url, cookie, () => delay(quick ? 500 : 10_000))
      await (await crowdAt(server.url)).signIn()
      for (let round = 0; round < rounds; round++) {
        await loopDelay(server)
        const before = await during(server.url, cookie, () => delay(quick ? 500 : 6_000))
        idle.latencies.push(...before.latencies)
        idle.loops.push(await loopDelay(server))
        const crowd = await crowdAt(server.url)
        const after = await during(server.url, cookie, crowd.signIn)
        stormy.latencies.push(...after.latencies)
        stormy.loops.push(await loopDelay(server))
        answers.push(after.value)
      }
    } finally {
      await server.stop()
      await postgres.destroy()
    }
    const times = percentile(stormy.latencies, 0.99) / percentile(idle.latencies, 0.99)
    const late = median(stormy.loops.map(({ p99 }) => p99))
    const figures = {
      idle: figuresOf(idle.latencies, idle.loops),
      storm: figuresOf(stormy.latencies, stormy.loops),
      answers,
    }
    return {
      figures,
      verdicts: [
        {
          target: 'authenticated p99 during 500 sign-ins ≤ 3 × idle',
          measured: `${rounded(times)} ×`,
          met: times <= 3,
        },
        { target: 'event-loop delay p99 ≤ 50 ms', measured: `${rounded(late)} ms`, met: late <= 50 },
      ],
    }
  },
}
