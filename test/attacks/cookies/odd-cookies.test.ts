import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionRow } from '../../harness/rows.ts'
import { reasonOf } from '../../harness/test-browser.ts'
import { signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

describe('a request that carries a cookie twice', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  it.each<[string, (access: string, refresh: string) => string]>([
    ['two access cookies', (access, refresh) => `access=${access}; access=x; refresh=${refresh}`],
    ['two refresh cookies', (access, refresh) => `access=${access}; refresh=x; refresh=${refresh}`],
    ['the same one twice', (access, refresh) => `refresh=${refresh}; access=${access}; access=${access}`],
    ['one of them empty', (access, refresh) => `access=; refresh=${refresh}; access=${access}`],
    ['without spaces', (access, refresh) => `refresh=${refresh};access=${access};access=${access}`],
  ])('carries neither: %s', async (_what, header) => {
    const { browser, session } = await signedUp(server)
    const cookie = header(browser.cookie('access') ?? '', browser.cookie('refresh') ?? '')

    const reply = await server.browser({ headers: { cookie } }).query('auth.whoami')

    expect(reply.status).toBe(401)
    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
    expect(await sessionRow(server, session.id)).toMatchObject({ generation: 0, revokedAt: null })
  })
})

describe('a Cookie header that nobody’s browser sends', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  it.each<[string, string]>([
    ['hundreds of others', Array.from({ length: 400 }, (_, at) => `c${at}=${at}`).join('; ')],
    ['properties of every object', '__proto__=1; constructor=2; toString=3; hasOwnProperty=4'],
    ['no equals sign', 'x; ; ;; y'],
    ['no names', '=x; =y'],
    ['broken escapes', 'x=%; y=%E0%A4%A; z=%zz'],
    ['quotes that do not end', 'x="; y="a'],
  ])('with %s still has the session in it', async (_what, noise) => {
    const { browser, session } = await signedUp(server)
    const headers = { cookie: `${noise}; ${browser.cookieHeader()}` }

    const reply = await server.browser({ headers }).query('auth.whoami')

    expect(reply.body).toMatchObject({ result: { data: { sessionId: session.id } } })
    expect(Object.hasOwn(Object.prototype, 'access')).toBe(false)
  })

  it.each<[string, (access: string, refresh: string) => string]>([
    ['each in the other’s place', (access, refresh) => `access=${refresh}; refresh=${access}`],
    ['both empty', () => 'access=; refresh='],
    ['a megabyte short of nothing', (access) => `access=${access}${'A'.repeat(8_000)}`],
    ['encoded twice', (access) => `access=${encodeURIComponent(encodeURIComponent(`${access}=`))}`],
  ])('that has the tokens wrong is nobody’s: %s', async (_what, header) => {
    const { browser, session } = await signedUp(server)
    const cookie = header(browser.cookie('access') ?? '', browser.cookie('refresh') ?? '')

    const reply = await server.browser({ headers: { cookie } }).query('auth.whoami')

    expect([reply.status, reasonOf(reply), reply.setCookies]).toEqual([401, 'NOT_SIGNED_IN', []])
    expect(await sessionRow(server, session.id)).toMatchObject({ generation: 0, revokedAt: null })
  })
})
