import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from '../../server/app.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { seconds } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** Asks an instance whose statements take this long to reach the database. */
async function asksThroughASlowNetwork(milliseconds: number, ask: (url: string) => Promise<void>) {
  const { clock, config, database } = server
  const moment = () => new Date(clock.now() + milliseconds).toISOString()
  const arriving = { ...clock, moment, sql: () => sql`${moment()}::timestamptz` }
  const logStream = { write: () => {} }
  const app = await buildApp({ config, database, clock: arriving, logStream })
  try {
    await ask(await app.listen({ host: '127.0.0.1', port: 0 }))
  } finally {
    await app.close()
  }
}

it('a statement that arrives when its request has been given up rotates nothing', async () => {
  const { browser, session } = await signedUp(server)
  browser.drop('access')
  const before = browser.cookie('refresh')

  await asksThroughASlowNetwork(seconds(6), async (url) => {
    const reply = await browser.at(url).query('auth.whoami')
    expect(reply.status).toBe(503)
    expect(reasonOf(reply)).toBe('TEMPORARILY_UNAVAILABLE')
    expect(reply.setCookies).toEqual([])
  })

  server.clock.advance(seconds(120))
  expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
  expect(browser.cookie('refresh')).not.toBe(before)
})

it('a retry that arrives late is not taken for a late retry', async () => {
  const { browser } = await signedUp(server)
  browser.drop('access')
  const retry = browser.clone()
  await browser.query('auth.whoami')
  server.clock.advance(seconds(25))

  await asksThroughASlowNetwork(seconds(7), async (url) => {
    expect((await retry.at(url).query('auth.whoami')).status).toBe(503)
  })

  expect((await retry.query('auth.whoami')).status).toBe(200)
  expect((await browser.query('auth.whoami')).status).toBe(200)
})

it('a statement that is merely slow rotates', async () => {
  const { browser } = await signedUp(server)
  browser.drop('access')

  await asksThroughASlowNetwork(seconds(5), async (url) => {
    expect((await browser.at(url).query('auth.whoami')).status).toBe(200)
  })
})
