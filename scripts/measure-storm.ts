// `npm run measure:storm`: what 500 sign-ins at once cost everybody else. One server process on Postgres, somebody signed in who calls it fifty times
// a second, first alone and then during the storm, which comes from a process of its own. Prints latencies and how late the server's event loop was.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createPostgresServer } from '../test/harness/postgres-server.ts'
import { createSpawnedServer } from '../test/harness/spawned-server.ts'
import { ensureBuilt } from './build.js'

const signIns = 500
const callsPerSecond = 50
const idleSeconds = 10
const password = 'correct horse battery staple'
const print = (line: string) => process.stdout.write(`${line}\n`)

type Headers = Record<string, string>
const agent = new Agent({ keepAlive: true, maxSockets: signIns })

function ask(url: string, { headers = {}, body }: { headers?: Headers; body?: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: body ? 'POST' : 'GET', headers }, (reply) => {
      reply.resume().on('end', () => resolve(reply.statusCode ?? 0))
    })
    sent.on('error', reject).end(body)
  })
}

/** All at once, each from a network and at an address of its own, so that nothing but hashing limits them. Prints how many had which answer. */
async function storm(url: string): Promise<void> {
  const statuses = await Promise.all(
    Array.from({ length: signIns }, (_, at) =>
      ask(`${url}/trpc/auth.signIn`, {
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.${at >> 8}.${at & 255}.1` },
        body: JSON.stringify({ email: `nobody-${at}@example.com`, password }),
      }),
    ),
  )
  const counts = new Map<number, number>()
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1)
  print(JSON.stringify(Object.fromEntries(counts)))
  agent.destroy()
}

const percentile = (sorted: number[], part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN
const milliseconds = (value: number) => `${value.toFixed(1)} ms`

/** Calls at a steady pace, whether earlier ones have been answered or not, until `until` is over. Answers the latencies in order. */
async function callSteadily(url: string, headers: Headers, until: Promise<unknown>): Promise<number[]> {
  let going = true
  const over = until.finally(() => {
    going = false
  })
  const calls: Promise<number>[] = []
  while (going) {
    const startedAt = performance.now()
    calls.push(
      ask(`${url}/trpc/auth.whoami`, { headers }).then((status) => {
        if (status !== 200) throw new Error(`An authenticated call was answered ${status}`)
        return performance.now() - startedAt
      }),
    )
    await delay(1_000 / callsPerSecond)
  }
  await over
  return (await Promise.all(calls)).sort((one, other) => one - other)
}

async function measure(): Promise<void> {
  await ensureBuilt()
  const postgres = await createPostgresServer()
  await postgres.start()
  const server = await createSpawnedServer({
    environment: {
      DATABASE_URL: postgres.url,
      SECRET: 'a secret that is only good for measuring',
      TRUSTED_PROXIES: '127.0.0.1',
    },
    preload: fileURLToPath(new URL('event-loop.js', import.meta.url)),
  })
  await server.start()
  try {
    const browser = server.browser()
    await browser.api.auth.signUp.mutate({ email: 'ada@example.com', password })
    const headers = { cookie: browser.cookieHeader() }
    const loopDelay = async () => {
      const seen = server.lines().length
      server.signal('SIGWINCH')
      for (;;) {
        const line = server
          .lines()
          .slice(seen)
          .find(({ event }) => event === 'event_loop_delay')
        if (line) return line as unknown as { p50: number; p99: number; max: number }
        await delay(20)
      }
    }
    const report = (what: string, latencies: number[], loop: { p99: number; max: number }) =>
      print(
        `${what.padEnd(12)} ${String(latencies.length).padStart(5)} calls  p50 ${milliseconds(percentile(latencies, 0.5))}  p99 ${milliseconds(percentile(latencies, 0.99))}  event loop p99 ${milliseconds(loop.p99)}, at most ${milliseconds(loop.max)}`,
      )

    await callSteadily(server.url, headers, delay(idleSeconds * 1_000))
    await loopDelay()
    const idle = await callSteadily(server.url, headers, delay(idleSeconds * 1_000))
    report('idle', idle, await loopDelay())

    const script = fileURLToPath(import.meta.url)
    const stormed = spawn(process.execPath, ['--import', 'tsx', script, '--storm', server.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let answers = ''
    stormed.stdout.on('data', (chunk: Buffer) => {
      answers += chunk.toString()
    })
    const startedAt = performance.now()
    const during = await callSteadily(server.url, headers, once(stormed, 'close'))
    report('in the storm', during, await loopDelay())
    print(
      `${signIns} sign-ins at once were answered within ${milliseconds(performance.now() - startedAt)}: ${answers.trim()}`,
    )
    print(`p99 in the storm is ${(percentile(during, 0.99) / percentile(idle, 0.99)).toFixed(1)} times that of idle`)
  } catch (error) {
    print(server.output().slice(-2_000))
    throw error
  } finally {
    agent.destroy()
    await server.destroy()
    await postgres.destroy()
  }
}

const [flag, url] = process.argv.slice(2)
await (flag === '--storm' && url ? storm(url) : measure())
