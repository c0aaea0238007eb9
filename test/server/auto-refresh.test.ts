import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionRow } from '../harness/rows.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** How often the session has been rotated. */
const generationOf = async (sessionId: string) => (await sessionRow(server, sessionId)).generation

describe('a request whose access token is gone', () => {
  it('is answered as signed in, in one round trip, when the access cookie is missing', async () => {
    const { browser, session } = await signedUp(server)
    const before = browser.cookie('refresh')
    browser.drop('access')

    const reply = await browser.query('auth.whoami')

    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject({ result: { data: { sessionId: session.id } } })
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(browser.cookie('access')).toBeDefined()
    expect(browser.cookie('refresh')).not.toBe(before)
  })

  it('is answered as signed in when the access token has expired', async () => {
    const { browser, session } = await signedUp(server)
    server.clock.advance(minutes(11))

    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
  })

  it('leaves the next request nothing to refresh', async () => {
    const { browser, session } = await signedUp(server)
    browser.drop('access')
    await browser.query('auth.whoami')

    const next = await browser.query('auth.whoami')

    expect(next.status).toBe(200)
    expect(next.setCookies).toEqual([])
    expect(await generationOf(session.id)).toBe(1)
  })

  it('changes what it came to change', async () => {
    const { browser, session } = await signedUp(server)
    browser.drop('access')

    const renamed = await browser.api.session.rename.mutate({ sessionId: session.id, name: 'Kitchen' })

    expect(renamed).toMatchObject({ id: session.id, current: true, name: 'Kitchen' })
  })

  it('is known to public procedures too', async () => {
    const { browser, user, session } = await signedUp(server)
    browser.drop('access')

    expect(await browser.api.auth.current.query()).toMatchObject({ user, session: { id: session.id } })
  })

  it('rotates once for a batch of several calls, each of them answered as signed in', async () => {
    const { browser, session } = await signedUp(server)
    browser.drop('access')

    const reply = await browser.send(
      '/trpc/auth.whoami,session.list,auth.current,account.activity?batch=1&input={"3":{}}',
    )

    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject([
      { result: { data: { sessionId: session.id } } },
      { result: { data: [{ id: session.id }] } },
      { result: { data: { session: { id: session.id } } } },
      { result: { data: { nextCursor: null } } },
    ])
    expect(reply.setCookies).toHaveLength(2)
    expect(await generationOf(session.id)).toBe(1)
  })
})

describe('a request without cookies', () => {
  it('is answered by public procedures', async () => {
    const reply = await server.browser().query('auth.current')

    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({ result: { data: null } })
    expect(reply.setCookies).toEqual([])
  })

  it('is told by protected procedures to sign in', async () => {
    const reply = await server.browser().query('auth.whoami')

    expect(reply.status).toBe(401)
    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.headers.get('www-authenticate')).toBe('Bearer')
    expect(reply.setCookies).toEqual([])
  })
})

it('an expired access token without a refresh token is anonymous', async () => {
  const { browser } = await signedUp(server)
  server.clock.advance(minutes(11))
  browser.drop('refresh')

  expect(reasonOf(await browser.query('auth.whoami'))).toBe('NOT_SIGNED_IN')
  expect((await browser.query('auth.current')).body).toEqual({ result: { data: null } })
})

describe('a request that reaches no procedure rotates nothing', () => {
  const json = { 'content-type': 'application/json' }
  it.each<[string, string, RequestInit, number]>([
    ['a HEAD request', '/trpc/auth.whoami', { method: 'HEAD' }, 404],
    ['an OPTIONS request', '/trpc/auth.whoami', { method: 'OPTIONS' }, 404],
    [
      'a preflight',
      '/trpc/auth.signOut',
      { method: 'OPTIONS', headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' } },
      204,
    ],
    ['an unknown procedure', '/trpc/auth.nothing', {}, 404],
    ['several unknown procedures', '/trpc/auth.nothing,auth.toString?batch=1&input={}', {}, 404],
    ['a mutation called by GET', '/trpc/auth.signOut', {}, 405],
    ['a query called by POST', '/trpc/auth.whoami', { method: 'POST', headers: json, body: '' }, 405],
    ['an unknown address', '/nothing/here', {}, 404],
    ['the address of no procedure', '/trpc', {}, 404],
    ['a health check', '/livez', {}, 200],
    ['the public keys', '/.well-known/jwks.json', {}, 200],
  ])('%s', async (_what, path, init, status) => {
    const { browser, session } = await signedUp(server)
    browser.drop('access')

    const reply = await browser.send(path, init)

    expect(reply.status).toBe(status)
    expect(reply.setCookies).toEqual([])
    expect(await generationOf(session.id)).toBe(0)
  })
})

describe('a bearer request is never refreshed', () => {
  it('with a good token beside a refresh cookie', async () => {
    const { browser, session } = await signedUp(server)
    const authorization = `Bearer ${browser.cookie('access')}`
    browser.drop('access')

    const reply = await browser.send('/trpc/auth.whoami', { headers: { authorization } })

    expect(reply.status).toBe(200)
    expect(reply.setCookies).toEqual([])
    expect(await generationOf(session.id)).toBe(0)
  })

  it('with an expired token beside a refresh cookie', async () => {
    const { browser, session } = await signedUp(server)
    const authorization = `Bearer ${browser.cookie('access')}`
    server.clock.advance(minutes(11))

    const reply = await browser.send('/trpc/auth.whoami', { headers: { authorization } })

    expect(reply.status).toBe(401)
    expect(reply.setCookies).toEqual([])
    expect(await generationOf(session.id)).toBe(0)
  })
})
