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
