import { AsyncLocalStorage } from 'node:async_hooks'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { signJws } from '../../server/token/jws.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

vi.mock('../../server/token/jws.ts', { spy: true })

/** What a driver was given to send, by the request on whose behalf it was; what the server does by itself is not in it. */
const sent = new AsyncLocalStorage<string[]>()

/** Whatever reaches a database goes through one of these, each of which is a round trip of its own. */
function recordStatements(): void {
  for (const [driver, names] of [
    [pg.Client.prototype, ['query']],
    [PGlite.prototype, ['query', 'exec']],
  ] as const) {
    const methods = driver as unknown as Record<string, (...given: unknown[]) => unknown>
    for (const name of names) {
      const original = methods[name]
      vi.spyOn(methods, name).mockImplementation(function (this: unknown, ...given) {
        const statement = given[0] as string | { text: string }
        sent.getStore()?.push(typeof statement === 'string' ? statement : statement.text)
        return original?.apply(this, given)
      })
    }
  }
}

let server: TestServer
beforeAll(async () => {
  recordStatements()
  server = await startTestServer()
})
afterAll(async () => {
  await server.close()
  vi.restoreAllMocks()
})

/** A call with these cookies, its statements and how many tokens were signed for it. */
async function call(cookie: string) {
  vi.mocked(signJws).mockClear()
  const statements: string[] = []
  const { statusCode } = await sent.run(
    statements,
    async () => await server.app.inject({ method: 'GET', url: '/trpc/auth.whoami', headers: { cookie } }),
  )
  return { statusCode, statements, signatures: vi.mocked(signJws).mock.calls.length }
}

it('a call that refreshes costs one round trip to the database and one signature', async () => {
  const { browser } = await signedUp(server)
  browser.drop('access')

  const { statusCode, statements, signatures } = await call(browser.cookieHeader())

  expect(statusCode).toBe(200)
  expect(statements).toEqual([expect.stringContaining('update "sessions"')])
  expect(signatures).toBe(1)
})

it('a call with a good access token costs neither', async () => {
  const { browser } = await signedUp(server)

  expect(await call(browser.cookieHeader())).toEqual({ statusCode: 200, statements: [], signatures: 0 })
})
