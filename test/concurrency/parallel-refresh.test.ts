import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessions, users } from '../../server/database/schema.ts'
import { type Reply, reasonOf, type TestBrowser } from '../harness/test-browser.ts'
import { minutes, seconds } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

const tabs = 30
let server: TestServer

beforeEach(async () => {
  server = await startTestServer({ instances: 3 })
})
afterEach(() => server.close())

/** The refresh token that a reply sets. */
const refreshTokenOf = (reply: Reply) =>
  reply.setCookies.find((line) => line.startsWith('refresh='))?.match(/^refresh=([^;]+)/)?.[1]

const rowsOfUser = (userId: string) => server.database.orm.select().from(sessions).where(eq(sessions.userId, userId))

/** Every tab sends the pair that the browser holds now, each to the next instance. */
function fromEveryTab(browser: TestBrowser, instances = server.instances): Promise<Reply[]> {
  return Promise.all(
    Array.from({ length: tabs }, (_, tab) => {
      const url = instances[tab % instances.length]?.url ?? browser.baseUrl
      return browser.at(url).query('auth.whoami')
    }),
  )
}

describe.each([1, 3])('30 tabs that meet the expiry together, over %i instance(s)', (count) => {
  it('are all answered, end with one refresh token, and rotate once per generation', async () => {
    const { browser, session, user } = await signedUp(server)
    for (let generation = 1; generation <= 4; generation++) {
      server.clock.advance(minutes(11))

      const replies = await fromEveryTab(browser, server.instances.slice(0, count))

      expect(replies.map(({ status }) => status)).toEqual(Array(tabs).fill(200))
      const tokens = new Set(replies.map(refreshTokenOf))
      expect(tokens.size).toBe(1)
      expect([...tokens][0]).not.toBe(browser.cookie('refresh'))
      expect(await rowsOfUser(user.id)).toMatchObject([{ id: session.id, generation, revokedAt: null }])
      browser.keep(replies.at(-1)?.setCookies ?? [])
    }
  })
})

describe('a reply that was lost after the rotation', () => {
  it('is recovered by a retry on another instance, with the identical refresh token', async () => {
    const { browser, session } = await signedUp(server)
    browser.drop('access')
    const lost = browser.clone()
    await lost.query('auth.whoami')

    for (const { url } of server.instances) {
      const retry = await browser.at(url).query('auth.whoami')
      expect(retry.status).toBe(200)
      expect(refreshTokenOf(retry)).toBe(lost.cookie('refresh'))
    }
    const [row] = await server.database.orm.select().from(sessions).where(eq(sessions.id, session.id))
    expect(row?.generation).toBe(1)
  })

  it('is recovered until the window after the rotation closes, and not a moment longer however often it is retried', async () => {
    const { browser } = await signedUp(server)
    browser.drop('access')
    await browser.clone().query('auth.whoami')

    for (const second of [10, 20, 29]) {
      server.clock.advance(seconds(second === 29 ? 9 : 10))
      expect((await browser.clone().query('auth.whoami')).status).toBe(200)
    }
    server.clock.advance(seconds(1))
    expect(reasonOf(await browser.query('auth.whoami'))).toBe('REFRESH_TOKEN_REUSED')
  })
})

it('a refresh token two generations old ends every session of the user, on every instance', async () => {
  const { browser, email, user } = await signedUp(server)
  const { browser: phone } = await signedIn(server.instances[1] ?? server, email)
  const thief = browser.clone()
  for (let generation = 0; generation < 2; generation++) {
    browser.drop('access')
    await browser.query('auth.whoami')
  }
  thief.drop('access')

  expect(reasonOf(await thief.query('auth.whoami'))).toBe('REFRESH_TOKEN_REUSED')

  for (const { url } of server.instances)
    for (const device of [browser, phone]) {
      const refused = () => device.at(url).query('auth.whoami').then(reasonOf)
      await expect.poll(refused, { interval: 10, timeout: 5_000 }).toBe('SESSION_REVOKED')
    }
  expect(await rowsOfUser(user.id)).toMatchObject([{ revokedReason: 'reuse' }, { revokedReason: 'reuse' }])
  const [row] = await server.database.orm.select().from(users).where(eq(users.id, user.id))
  expect(row?.tokenVersion).toBe(1)
})

it('30 thieves with one token two generations old are one theft', async () => {
  const { browser, user } = await signedUp(server)
  const thief = browser.clone()
  for (let generation = 0; generation < 2; generation++) {
    browser.drop('access')
    await browser.query('auth.whoami')
  }
  thief.drop('access')

  const replies = await fromEveryTab(thief)

  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([401]))
  const [row] = await server.database.orm.select().from(users).where(eq(users.id, user.id))
  expect(row?.tokenVersion).toBe(1)
})
