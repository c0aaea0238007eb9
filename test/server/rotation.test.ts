import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions, users } from '../../server/database/schema.ts'
import { forgeRefreshToken } from '../harness/forged-tokens.ts'
import { lastWriteOf, sessionRow } from '../harness/rows.ts'
import { type Reply, reasonOf, type TestBrowser } from '../harness/test-browser.ts'
import { days, hours, minutes, seconds } from '../harness/test-clock.ts'
import { password, signedUp, startTestServer, type TestInstance, type TestServer } from '../harness/test-server.ts'

/** A browser that holds nothing but this refresh token. */
function holding(instance: TestInstance, refresh: string | undefined): TestBrowser {
  const browser = instance.browser()
  browser.cookies.set('refresh', refresh ?? '')
  return browser
}

/** Presents the browser's refresh token as its next request would without an access token. */
function present(browser: TestBrowser): Promise<Reply> {
  browser.drop('access')
  return browser.query('auth.whoami')
}

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('the current generation', () => {
  it('is spent for the next one, in the one row that the session has', async () => {
    const { browser, user, session } = await signedUp(server)
    const before = await sessionRow(server, session.id)
    server.clock.advance(minutes(12))

    await present(browser)

    const after = await sessionRow(server, session.id)
    const now = new Date(server.clock.now())
    expect(after).toEqual({
      ...before,
      generation: 1,
      secretHash: expect.any(Buffer),
      salt: expect.any(Buffer),
      rotatedAt: now,
      lastActiveAt: now,
      idleExpiresAt: new Date(server.clock.now() + days(7)),
    })
    expect(after.secretHash).not.toEqual(before.secretHash)
    expect(after.salt).not.toEqual(before.salt)
    expect(await server.database.orm.$count(sessions, eq(sessions.userId, user.id))).toBe(1)
  })

  it('can be spent a hundred times over without another row', async () => {
    const { browser, user, session } = await signedUp(server)
    for (let rotation = 0; rotation < 100; rotation++) await present(browser)

    expect((await sessionRow(server, session.id)).generation).toBe(100)
    expect(await server.database.orm.$count(sessions, eq(sessions.userId, user.id))).toBe(1)
  })
})

describe('the generation before, within the retry window', () => {
  it('is answered with the identical successor and a new access token, and nothing is written', async () => {
    const { browser, session } = await signedUp(server)
    const retrying = browser.clone()
    await present(browser)
    const written = await lastWriteOf(server, session.id)
    server.clock.advance(seconds(29))

    const reply = await present(retrying)

    expect(reply.status).toBe(200)
    expect(retrying.cookie('refresh')).toBe(browser.cookie('refresh'))
    expect(retrying.cookie('access')).not.toBe(browser.cookie('access'))
    expect(await lastWriteOf(server, session.id)).toBe(written)
  })

  it('recovers from a response that was lost after the rotation', async () => {
    const { browser } = await signedUp(server)
    const lost = browser.clone()
    await present(lost)

    await present(browser)
    const next = await present(browser)

    expect(next.status).toBe(200)
  })

  it('is measured from the rotation: a retry does not lengthen it', async () => {
    const { browser, session } = await signedUp(server)
    const spent = browser.cookie('refresh')
    await present(browser)
    for (const wait of [10, 10, 9]) {
      server.clock.advance(seconds(wait))
      expect((await present(holding(server, spent))).status).toBe(200)
    }
    server.clock.advance(seconds(1))

    expect(reasonOf(await present(holding(server, spent)))).toBe('REFRESH_TOKEN_REUSED')
    expect(await sessionRow(server, session.id)).toMatchObject({ generation: 1, revokedReason: 'reuse' })
  })

  it('gives everybody who comes at once the same next token', async () => {
    const { browser, session } = await signedUp(server)
    const tabs = Array.from({ length: 12 }, () => browser.clone())

    const replies = await Promise.all(tabs.map(present))

    expect(replies.map(({ status }) => status)).toEqual(tabs.map(() => 200))
    expect(new Set(tabs.map((tab) => tab.cookie('refresh'))).size).toBe(1)
    expect((await sessionRow(server, session.id)).generation).toBe(1)
  })

  it('is answered by another instance with the identical successor', async () => {
    const { browser } = await signedUp(server)
    const elsewhere = browser.at((await server.addInstance()).url)
    await present(browser)

    expect((await present(elsewhere)).status).toBe(200)
    expect(elsewhere.cookie('refresh')).toBe(browser.cookie('refresh'))
  })
})

describe('a session that has ended is anonymous and its cookies are cleared', () => {
  const ends: [string, string, (userId: string, sessionId: string) => Promise<unknown>][] = [
    [
      'revoked',
      'SESSION_REVOKED',
      (_userId, sessionId) =>
        server.database.orm.update(sessions).set({ revokedAt: new Date() }).where(eq(sessions.id, sessionId)),
    ],
    ['idle for too long', 'SESSION_EXPIRED', async () => server.clock.advance(days(7))],
    [
      'past its absolute expiry',
      'SESSION_EXPIRED',
      (_userId, sessionId) =>
        server.database.orm
          .update(sessions)
          .set({ absoluteExpiresAt: new Date(server.clock.now()) })
          .where(eq(sessions.id, sessionId)),
    ],
    [
      'of an earlier token version',
      'SESSION_REVOKED',
      (userId) => server.database.orm.update(users).set({ tokenVersion: 1 }).where(eq(users.id, userId)),
    ],
    [
      'of a suspended user',
      'SESSION_REVOKED',
      (userId) => server.database.orm.update(users).set({ suspendedAt: new Date() }).where(eq(users.id, userId)),
    ],
    [
      'of a user who is gone',
      'NOT_SIGNED_IN',
      (userId) => server.database.orm.delete(users).where(eq(users.id, userId)),
    ],
  ]

  it.each(ends)('%s', async (_what, reason, end) => {
    const { browser, user, session } = await signedUp(server)
    await end(user.id, session.id)
    const written = await lastWriteOf(server, session.id)
    const again = browser.clone()
    browser.drop('access')

    const open = await browser.query('auth.current')
    const closed = await present(again)

    expect(open.status).toBe(200)
    expect(open.body).toEqual({ result: { data: null } })
    expect(open.setCookies).toHaveLength(2)
    expect(browser.cookies.size).toBe(0)
    expect(closed.status).toBe(401)
    expect(reasonOf(closed)).toBe(reason)
    expect(again.cookies.size).toBe(0)
    expect(await lastWriteOf(server, session.id)).toBe(written)
  })
})

describe('an authentic token that is not from the history of its session raises an alarm and changes nothing', () => {
  const secret = Buffer.alloc(32, 7)

  it.each<[string, { generation?: number; secret?: Buffer }, string]>([
    ['of a generation to come', { generation: 3 }, 'future_generation'],
    ['of the current generation with another secret', { generation: 2, secret }, 'wrong_secret'],
    ['of the generation before with another secret', { generation: 1, secret }, 'wrong_secret'],
  ])('%s', async (_what, change, why) => {
    const { browser, user, session } = await signedUp(server)
    await present(browser)
    await present(browser)
    const written = await lastWriteOf(server, session.id)
    const stranger = holding(server, forgeRefreshToken(browser.cookie('refresh'), change))

    const reply = await present(stranger)

    expect(reply.status).toBe(401)
    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
    expect(server.takeErrors()).toEqual([
      expect.objectContaining({ event: 'refresh_alarm', why, sessionId: session.id, userId: user.id }),
    ])
    expect(await lastWriteOf(server, session.id)).toBe(written)
    expect((await present(browser)).status).toBe(200)
  })
})

describe('time runs out', () => {
  it('for a session that is used every day, at its absolute expiry', async () => {
    const { browser, session } = await signedUp(server)
    for (let day = 1; day < 30; day++) {
      server.clock.advance(days(1))
      expect((await present(browser)).status).toBe(200)
    }
    expect((await sessionRow(server, session.id)).idleExpiresAt).toEqual(new Date(server.clock.now() + days(1)))
    server.clock.advance(days(1))

    expect(reasonOf(await present(browser))).toBe('SESSION_EXPIRED')
  })

  it('for an access token no later than for its session', async () => {
    const hour = await startTestServer({ environment: { SESSION_IDLE_TTL: '1h', SESSION_ABSOLUTE_TTL: '1h' } })
    const { browser, session } = await signedUp(hour)
    hour.clock.advance(hours(1) - minutes(3))
    await present(browser)

    const { accessTokenExpiresAt } = await browser.api.auth.whoami.query()

    expect(accessTokenExpiresAt).toBe(session.expiresAt)
    await hour.close()
  })
})

it('without a retry window, the second to come with a token ends its session', async () => {
  const strict = await startTestServer({ environment: { REFRESH_RETRY_WINDOW: '0s' } })
  const { browser, session } = await signedUp(strict)
  const retrying = browser.clone()
  await present(browser)

  expect(reasonOf(await present(retrying))).toBe('REFRESH_TOKEN_REUSED')
  expect((await sessionRow(strict, session.id)).revokedReason).toBe('reuse')
  await strict.close()
})

it('without a retry window, a password is changed although the access token had expired', async () => {
  const strict = await startTestServer({ environment: { REFRESH_RETRY_WINDOW: '0s' } })
  const { browser, session } = await signedUp(strict)
  browser.drop('access')

  const newPassword = 'entirely different words this time'
  await browser.api.account.changePassword.mutate({ currentPassword: password, newPassword })

  expect((await present(browser)).status).toBe(200)
  expect((await sessionRow(strict, session.id)).revokedReason).toBeNull()
  await strict.close()
})
