import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessionRow } from '../harness/rows.ts'
import { type Reply, reasonOf } from '../harness/test-browser.ts'
import { seconds } from '../harness/test-clock.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'
import { cutOffDatabase } from '../harness/unreachable-database.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

function expectTryAgain(reply: Reply): void {
  expect(reply.status).toBe(503)
  expect(reasonOf(reply)).toBe('TEMPORARILY_UNAVAILABLE')
  expect(reply.headers.get('retry-after')).toBe('1')
  expect(reply.setCookies).toEqual([])
}

describe('while the database is out of reach', () => {
  it('a request that needs a rotation is asked to try again, keeps its cookies, and is signed in afterwards', async () => {
    const { browser, session } = await signedUp(server)
    browser.drop('access')
    const refresh = browser.cookie('refresh')
    const reconnect = cutOffDatabase(server)

    for (const procedure of ['auth.whoami', 'session.list', 'auth.current'])
      expectTryAgain(await browser.query(procedure))
    expectTryAgain(await browser.mutate('auth.refresh'))
    expectTryAgain(await browser.mutate('session.revokeAll'))
    const unavailable = {
      event: 'identify_unavailable',
      level: 40,
      err: expect.objectContaining({ code: expect.any(String) }),
    }
    expect(server.logs).toContainEqual(expect.objectContaining(unavailable))

    reconnect()
    expect(browser.cookie('refresh')).toBe(refresh)
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
    expect((await sessionRow(server, session.id)).generation).toBe(1)
  })

  it('a good access token still says who is calling, for as long as the revocation feed is fresh', async () => {
    const { browser } = await signedUp(server)
    const reconnect = cutOffDatabase(server)

    server.clock.advance(seconds(5))
    expect((await browser.query('auth.whoami')).status).toBe(200)
    server.clock.advance(1)
    // Whether it has been revoked cannot be known any more: closed, not open.
    expectTryAgain(await browser.query('auth.whoami'))
    expect(
      (await browser.send('/trpc/auth.whoami', { headers: { authorization: `Bearer ${browser.cookie('access')}` } }))
        .status,
    ).toBe(503)

    reconnect()
    expect((await browser.query('auth.whoami')).status).toBe(200)
  })

  it('anonymous requests are answered', async () => {
    const reconnect = cutOffDatabase(server)

    expect((await server.browser().query('auth.current')).body).toEqual({ result: { data: null } })
    expect((await server.browser().query('auth.whoami')).status).toBe(401)
    expect((await server.browser().send('/.well-known/jwks.json')).status).toBe(200)

    reconnect()
  })

  it('nobody is signed in, up or refused', async () => {
    const { email } = await signedUp(server)
    const reconnect = cutOffDatabase(server)

    for (const [procedure, address] of [
      ['auth.signIn', email],
      ['auth.signUp', newEmail()],
      ['token.issue', email],
    ] as const)
      expectTryAgain(await server.browser().mutate(procedure, { email: address, password }))

    reconnect()
    expect((await server.browser().mutate('auth.signIn', { email, password })).status).toBe(200)
  })

  it('a program’s refresh token is neither spent nor lost', async () => {
    const { email } = await signedUp(server)
    const program = server.browser()
    const { refreshToken } = await program.api.token.issue.mutate({ email, password })
    const reconnect = cutOffDatabase(server)

    expectTryAgain(await program.mutate('token.refresh', { refreshToken }))

    reconnect()
    expect((await program.mutate('token.refresh', { refreshToken })).status).toBe(200)
  })

  it('the process is alive, and not ready', async () => {
    const reconnect = cutOffDatabase(server)
    const alive = await server.browser().send('/livez')
    const ready = await server.browser().send('/readyz')
    reconnect()

    expect([alive.status, alive.body]).toEqual([200, { status: 'alive' }])
    expect(ready.status).toBe(503)
    expect(ready.body).toMatchObject({ status: 'not ready', checks: { database: false } })
    expect((await server.browser().send('/readyz')).body).toEqual({
      status: 'ready',
      checks: { database: true, revocationFeed: true, signingKeys: true },
    })
  })
})

it('an instance whose feed is late is not ready, and hears again by itself', async () => {
  const reconnect = cutOffDatabase(server)
  server.clock.advance(seconds(6))
  expect((await server.browser().send('/readyz')).body).toMatchObject({ checks: { revocationFeed: false } })
  reconnect()

  await expect.poll(async () => (await server.browser().send('/readyz')).status, { timeout: 4_000 }).toBe(200)
})
