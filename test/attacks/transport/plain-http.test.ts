import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countRows } from '../../harness/rows.ts'
import { reasonOf } from '../../harness/test-browser.ts'
import { newEmail, password, startTestServer, type TestServer } from '../../harness/test-server.ts'

const origin = 'https://latchkey.example'
const production = { NODE_ENV: 'production', PUBLIC_URL: origin, DATABASE_URL: 'embedded', EXPLORER: 'on' }

describe('in production, behind a proxy that is trusted', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ environment: { ...production, TRUSTED_PROXIES: '127.0.0.1/32' } })
  })
  afterAll(() => server.close())

  const by = (headers: Record<string, string>) => server.browser({ origin, headers })

  it('what came by https is served', async () => {
    const email = newEmail()

    const reply = await by({ 'x-forwarded-proto': 'https' }).mutate('auth.signUp', { email, password })

    expect(reply.status).toBe(200)
    expect(reply.setCookies.length).toBeGreaterThan(0)
  })

  it.each<[string, Record<string, string>]>([
    ['that the proxy says is plain', { 'x-forwarded-proto': 'http' }],
    ['that the proxy says nothing of', {}],
    ['whose last proxy was met by plain http', { 'x-forwarded-proto': 'https, http' }],
    ['that says so in other words', { 'x-forwarded-ssl': 'on', 'front-end-https': 'on', forwarded: 'proto=https' }],
    ['that calls itself HTTPS ', { 'x-forwarded-proto': 'HTTPS;' }],
  ])('a request %s is refused, not redirected, and nothing is done', async (_what, headers) => {
    const before = await countRows(server)

    const reply = await by(headers).mutate('auth.signUp', { email: newEmail(), password })

    expect(reply.status).toBe(403)
    expect(reasonOf(reply)).toBe('HTTPS_REQUIRED')
    expect(reply.headers.get('location')).toBeNull()
    expect(reply.setCookies).toEqual([])
    expect(await countRows(server)).toEqual(before)
  })

  it('neither the page, nor a file, nor the keys, nor a preflight, nor an unknown address is an exception', async () => {
    for (const path of ['/', '/.well-known/jwks.json', '/explorer', '/oauth/token', '/nothing', '/trpc/auth.current'])
      expect([path, (await by({}).send(path)).status]).toEqual([path, 403])
    const preflight = { origin, 'access-control-request-method': 'POST' }
    expect((await by({}).send('/trpc/auth.signOut', { method: 'OPTIONS', headers: preflight })).status).toBe(403)
  })

  it.each(['/livez', '/readyz'])('%s answers supervisors, who ask by plain http', async (path) => {
    expect((await by({}).send(path)).status).toBe(200)
  })
})

describe('in production, with nobody trusted', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ environment: production })
  })
  afterAll(() => server.close())

  it('a client cannot claim https for itself', async () => {
    const claims = { 'x-forwarded-proto': 'https', forwarded: 'proto=https', 'x-forwarded-host': 'latchkey.example' }

    const reply = await server.browser({ origin, headers: claims }).query('auth.current')

    expect(reply.status).toBe(403)
    expect(reasonOf(reply)).toBe('HTTPS_REQUIRED')
  })

  it('the log says from the start that nobody will be served', () => {
    expect(server.logs).toContainEqual(expect.objectContaining({ event: 'https_unseen', level: 40 }))
  })
})

it('a proxy whose address is not in the range is not trusted', async () => {
  const server = await startTestServer({ environment: { ...production, TRUSTED_PROXIES: '127.0.0.2/32, 10.0.0.0/8' } })

  const reply = await server.browser({ origin, headers: { 'x-forwarded-proto': 'https' } }).query('auth.current')

  expect(reasonOf(reply)).toBe('HTTPS_REQUIRED')
  await server.close()
})

it('outside production plain http is how one develops', async () => {
  const server = await startTestServer()

  expect((await server.browser().query('auth.current')).status).toBe(200)
  await server.close()
})
