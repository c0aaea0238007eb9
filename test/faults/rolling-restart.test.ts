import { request } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Balancer, startBalancer } from '../harness/balancer.ts'
import { openStream } from '../harness/event-stream.ts'
import { type Fleet, ownNetwork, password, startFleet } from '../harness/fleet.ts'
import { TestBrowser } from '../harness/test-browser.ts'

/** Three instances behind HAProxy are replaced one after the other while people work. */

let fleet: Fleet
let balancer: Balancer
beforeAll(async () => {
  fleet = await startFleet({ environment: { SHUTDOWN_DELAY: '2s' } })
  balancer = await startBalancer(fleet.members.map(({ url }) => url))
})
afterAll(async () => {
  await balancer.stop()
  await fleet.close()
})

type Failure = { what: string; status: number | string; moment: string }

/** What one person does over and over, and whatever of it did not go well. */
function work(failures: Failure[], until: AbortSignal, index: number) {
  const browser = new TestBrowser(balancer.url, { origin: 'http://localhost:3000', ...ownNetwork() })
  const email = `rolling-${process.pid}-${index}@example.com`
  let requests = 0

  async function ask(what: string, send: () => Promise<{ status: number }>): Promise<void> {
    requests++
    const status = await send().then(
      (reply) => reply.status,
      (error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error),
    )
    if (status !== 200) failures.push({ what, status, moment: new Date().toISOString() })
  }

  async function run(): Promise<number> {
    await ask('sign up', () => browser.mutate('auth.signUp', { email, password }))
    for (let round = 0; !until.aborted; round++) {
      browser.drop('access')
      await ask('refresh', () => browser.query('auth.whoami'))
      await ask('read', () => browser.query('session.list'))
      await ask('refresh by hand', () => browser.mutate('auth.refresh'))
      if (round % 10 === 9) await ask('sign in', () => browser.mutate('auth.signIn', { email, password }))
      await delay(20)
    }
    return requests
  }
  return run()
}

it('not one request of people at work fails, and their streams come back', { timeout: 120_000 }, async () => {
  const failures: Failure[] = []
  const until = new AbortController()
  const people = Array.from({ length: 8 }, (_, index) => work(failures, until.signal, index))

  const watcher = new TestBrowser(balancer.url, { origin: 'http://localhost:3000', ...ownNetwork() })
  await watcher.api.auth.signUp.mutate({ email: `watcher-${process.pid}@example.com`, password })
  let reconnections = 0
  const watching = (async () => {
    while (!until.signal.aborted) {
      const stream = await openStream(watcher, 'session.watch')
      if (stream.response.status !== 200)
        failures.push({ what: 'watch', status: stream.response.status, moment: new Date().toISOString() })
      reconnections++
      const ended = (async () => {
        while ((await stream.next().catch(() => 'silence')) !== null && !until.signal.aborted);
      })()
      await ended
      stream.close()
    }
  })()

  await delay(1_000)
  for (const member of fleet.members) {
    expect(await member.stop()).toBe(0)
    await member.start()
    // As an orchestrator does: the next one goes when the balancer has taken this one back.
    await delay(1_500)
  }
  until.abort()
  const requests = (await Promise.all(people)).reduce((sum, count) => sum + count, 0)
  await watching

  expect(failures).toEqual([])
  expect(requests).toBeGreaterThan(500)
  expect(reconnections).toBeGreaterThan(1)
  console.info(`rolling restart: ${requests} requests, ${failures.length} failed, ${reconnections - 1} streams moved`)
})

it('speaks TLS to the outside, and replaces what callers say of their address and request id', async () => {
  const [status, id] = await new Promise<[number | undefined, unknown]>((resolve, reject) => {
    const headers = { 'x-forwarded-for': '198.51.100.7', 'x-request-id': 'made-up-by-the-caller' }
    request(`${balancer.secureUrl}/trpc/auth.current`, { rejectUnauthorized: false, headers }, (response) => {
      response.resume()
      resolve([response.statusCode, response.headers['x-request-id']])
    })
      .once('error', reject)
      .end()
  })

  expect(status).toBe(200)
  expect(id).toMatch(/^[\da-f-]{36}$/)
  const logged = () => fleet.members.flatMap((member) => member.lines()).some(({ requestId }) => requestId === id)
  await expect.poll(logged).toBe(true)
})
