import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawRequest } from '../../harness/raw-request.ts'
import { countRows, lastWriteOf, sessionRow } from '../../harness/rows.ts'
import { type Reply, reasonOf } from '../../harness/test-browser.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

/** What a page of another site can make a browser send, with the cookies that a relaxed SameSite lets through. */
describe.each(['strict', 'lax'])('with SameSite=%s', (sameSite) => {
  let server: TestServer
  let person: Awaited<ReturnType<typeof signedUp>>
  let written: string | undefined
  beforeAll(async () => {
    server = await startTestServer({ environment: { COOKIE_SAME_SITE: sameSite } })
    person = await signedUp(server)
    written = await lastWriteOf(server, person.session.id)
  })
  afterAll(() => server.close())

  function multipart(): FormData {
    const form = new FormData()
    form.set('input', '{}')
    return form
  }

  it.each<[string, () => RequestInit]>([
    ['a multipart form', () => ({ body: multipart() })],
    [
      'a multipart form of five megabytes',
      () => {
        const form = new FormData()
        form.set('input', 'x'.repeat(5_000_000))
        return { body: form }
      },
    ],
    ['a urlencoded form', () => ({ body: new URLSearchParams({ input: '{}' }) })],
    ['a text form', () => ({ body: '{}', headers: { 'content-type': 'text/plain' } })],
    [
      'JSON that says it is text',
      () => ({ body: '{}', headers: { 'content-type': 'text/plain; x=application/json' } }),
    ],
    ['bytes of no type', () => ({ body: new Uint8Array([123, 125]) })],
    ['a beacon', () => ({ body: new Blob(['{}'], { type: 'text/plain;charset=UTF-8' }) })],
    ['nothing at all', () => ({})],
    ['nothing, as a form', () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' } })],
    ['a type that only begins like JSON', () => ({ body: '{}', headers: { 'content-type': 'application/jsonp' } })],
    ['a stream of octets', () => ({ body: '{}', headers: { 'content-type': 'application/octet-stream' } })],
  ])('%s does nothing', async (_what, init) => {
    for (const procedure of ['auth.signOut', 'session.revokeAll', 'session.revokeOthers']) {
      const reply = await person.browser.send(`/trpc/${procedure}`, { method: 'POST', ...init() })

      expect(reply.status).toBe(415)
      expect(reasonOf(reply)).toBe('UNSUPPORTED_CONTENT_TYPE')
      expect(reply.setCookies).toEqual([])
    }
    expect(await lastWriteOf(server, person.session.id)).toBe(written)
  })

  it.each<[string, string]>([
    ['another site', 'https://evil.example'],
    ['null', 'null'],
    ['nothing', ''],
    ['a lookalike that begins like ours', 'http://localhost:3000.evil.example'],
    ['a lookalike that ends like ours', 'http://evil-localhost:3000'],
    ['a subdomain', 'http://app.localhost:3000'],
    ['another port', 'http://localhost:3001'],
    ['another scheme', 'https://localhost:3000'],
    ['ours with a path', 'http://localhost:3000/'],
    ['ours in capitals', 'HTTP://LOCALHOST:3000'],
    ['ours and another', 'http://localhost:3000, https://evil.example'],
    ['ours with a user', 'http://localhost:3000@evil.example'],
  ])('JSON from an Origin that is %s does nothing', async (_what, origin) => {
    const page = server.browser({ origin, headers: { cookie: person.browser.cookieHeader() } })

    const reply = await page.mutate('auth.signOut')

    expect(reply.status).toBe(403)
    expect(reasonOf(reply)).toBe('ORIGIN_NOT_ALLOWED')
    expect(reply.setCookies).toEqual([])
    expect(await lastWriteOf(server, person.session.id)).toBe(written)
  })
})

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ environment: { ALLOWED_ORIGINS: 'https://app.example.com' } })
})
afterAll(() => server.close())

describe('cookies without an Origin', () => {
  it('change nothing: every browser sends one with a POST', async () => {
    const { browser, session } = await signedUp(server)
    const stranger = server.browser({ origin: null, headers: { cookie: browser.cookieHeader() } })

    const reply = await stranger.mutate('auth.signOut')

    expect(reply.status).toBe(403)
    expect(reasonOf(reply)).toBe('ORIGIN_NOT_ALLOWED')
    expect((await sessionRow(server, session.id)).revokedAt).toBeNull()
  })

  it('are good for what Fetch Metadata calls same-origin', async () => {
    const { browser } = await signedUp(server)
    const cookie = `access=${browser.cookie('access')}`
    const page = server.browser({ origin: null, headers: { cookie, 'sec-fetch-site': 'same-origin' } })

    expect((await page.mutate('auth.signOut')).status).toBe(200)
  })

  it('are not asked of a program that has none', async () => {
    const email = newEmail()
    await server.browser({ origin: null }).api.auth.signUp.mutate({ email, password })

    const tokens = await server.browser({ origin: null }).api.token.issue.mutate({ email, password })

    expect(tokens.tokenType).toBe('Bearer')
  })
})

it('a refusal says why in the log', async () => {
  const from = server.logs.length
  await server.browser({ origin: 'https://evil.example' }).mutate('auth.signOut')
  await server.browser().send('/trpc/auth.signOut', { method: 'POST', body: new URLSearchParams() })

  const refusals = server.logs.slice(from).filter(({ event }) => event === 'request_refused')
  expect(refusals.map(({ reason }) => reason)).toEqual(['ORIGIN_NOT_ALLOWED', 'UNSUPPORTED_CONTENT_TYPE'])
})

describe('Fetch Metadata', () => {
  it.each(['cross-site', 'same-site', 'anything else'])('that says %s is refused for reading too', async (site) => {
    const { browser } = await signedUp(server)

    const reply = await browser.send('/trpc/session.list', { headers: { 'sec-fetch-site': site } })

    expect(reply.status).toBe(403)
    expect(reasonOf(reply)).toBe('ORIGIN_NOT_ALLOWED')
  })

  it.each(['same-origin', 'none'])('that says %s is welcome', async (site) => {
    const { browser } = await signedUp(server)

    expect((await browser.send('/trpc/session.list', { headers: { 'sec-fetch-site': site } })).status).toBe(200)
  })
})

it('nobody can be signed in to somebody else’s account by another site', async () => {
  const { email } = await signedUp(server)
  const before = await countRows(server)
  const victim = server.browser({ origin: 'https://evil.example' })

  const replies = [
    await victim.mutate('auth.signIn', { email, password }),
    await victim.send('/trpc/auth.signIn', { method: 'POST', body: new URLSearchParams({ email, password }) }),
    await victim.query('auth.signIn', { email, password }),
  ]

  expect(replies.map(({ status }) => status)).toEqual([403, 403, 405])
  expect(victim.cookies.size).toBe(0)
  expect(await countRows(server)).toEqual(before)
})

describe('a second origin that is allowed', () => {
  const origin = 'https://app.example.com'

  it('signs in, reads and signs out like our own', async () => {
    const { browser, session } = await signedUp(server, { origin })

    const read = await browser.send('/trpc/auth.whoami', { headers: { origin, 'sec-fetch-site': 'cross-site' } })

    expect(read.body).toMatchObject({ result: { data: { sessionId: session.id } } })
    expect((await browser.mutate('auth.signOut')).body).toEqual({ result: { data: { signedOut: true } } })
  })

  const corsOf = ({ headers }: Reply) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))

  it('may read the replies, with credentials', async () => {
    const { browser } = await signedUp(server, { origin })

    const reply = await browser.send('/trpc/auth.whoami', { headers: { origin } })

    expect(corsOf(reply)).toEqual({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after, x-request-id',
    })
  })

  it('is told so in advance', async () => {
    const preflight = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    }

    const reply = await server.browser().send('/trpc/auth.signOut', { method: 'OPTIONS', headers: preflight })

    expect(reply.status).toBe(204)
    expect(corsOf(reply)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
    })
  })

  it.each(['https://evil.example', 'null', 'https://app.example.com.evil.example', 'https://sub.app.example.com'])(
    'is not %s, which may read nothing',
    async (other) => {
      const { browser } = await signedUp(server)
      const preflight = { origin: other, 'access-control-request-method': 'POST' }

      const replies = [
        await browser.send('/trpc/auth.whoami', { headers: { origin: other } }),
        await browser.send('/trpc/auth.signOut', { method: 'OPTIONS', headers: preflight }),
        await browser.send('/livez', { headers: { origin: other } }),
      ]

      for (const reply of replies) expect(corsOf(reply)).not.toHaveProperty('access-control-allow-origin')
    },
  )

  it('is of no concern to a caller that names none', async () => {
    const { browser } = await signedUp(server)

    expect(corsOf(await browser.send('/trpc/auth.whoami'))).toEqual({})
  })

  it('is never everybody together with credentials, not even for the public keys', async () => {
    const reply = await server
      .browser()
      .send('/.well-known/jwks.json', { headers: { origin: 'https://anybody.example' } })

    expect(corsOf(reply)).toMatchObject({ 'access-control-allow-origin': '*' })
    expect(corsOf(reply)).not.toHaveProperty('access-control-allow-credentials')
  })
})

describe('a Host that is no host', () => {
  it.each(['[', '%', 'a b', 'localhost:port', '[::1', '<script>', ''])(
    '%j is refused, and is no fault',
    async (host) => {
      for (const path of ['/trpc/auth.current', '/livez', '/nothing']) {
        const reply = await rawRequest(server.url, [`GET ${path} HTTP/1.1`, `Host: ${host}`])

        expect(reply).toMatch(/^HTTP\/1\.1 [24]\d\d /)
        if (path.startsWith('/trpc')) expect(reply).toContain('"reason":"INVALID_INPUT"')
      }
    },
  )

  it('is refused by the protocol when it is missing', async () => {
    expect(await rawRequest(server.url, ['GET /trpc/auth.current HTTP/1.1'])).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('of an attacker’s choice is never repeated', async () => {
    const reply = await rawRequest(server.url, [
      'GET /trpc/auth.whoami HTTP/1.1',
      'Host: evil.example',
      'X-Forwarded-Host: evil.example',
    ])

    expect(reply).toMatch(/^HTTP\/1\.1 401 /)
    expect(reply).not.toContain('evil.example')
  })
})

it('every reply says that nobody may frame, sniff or store it', async () => {
  for (const path of ['/trpc/auth.current', '/trpc/auth.whoami', '/trpc/nothing', '/nothing']) {
    const { headers } = await server.browser().send(path)

    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none';base-uri 'none';frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('x-powered-by')).toBeNull()
  }
})

it('on an https address browsers are told to stay there', async () => {
  const secure = await startTestServer({ environment: { PUBLIC_URL: 'https://latchkey.example' } })

  const { headers } = await secure.browser().send('/livez')

  expect(headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains')
  await secure.close()
})
