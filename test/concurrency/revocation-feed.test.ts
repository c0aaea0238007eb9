import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildApp } from '../../server/app.ts'
import { connectPostgres } from '../../server/database/connect.ts'
import { createRevocationFeed } from '../../server/session/revocation-feed.ts'
import { type ProxiedConnection, startTcpProxy } from '../harness/tcp-proxy.ts'
import { reasonOf, type TestBrowser } from '../harness/test-browser.ts'
import { seconds } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer({ instances: 3 })
})
afterEach(() => server.close())

const on = (index: number) => server.instances[index] ?? server

/** Milliseconds until every browser is refused with its unexpired access token. */
async function untilRefused(browsers: readonly TestBrowser[], timeout = 5_000): Promise<number> {
  const startedAt = performance.now()
  for (const browser of browsers) {
    const reason = () => browser.clone().query('auth.whoami').then(reasonOf)
    await expect.poll(reason, { interval: 5, timeout }).toBe('SESSION_REVOKED')
  }
  return performance.now() - startedAt
}

describe('a device that is revoked on one instance', () => {
  it('is refused there at once and on the others in a moment, although its access token is good for ten minutes', async () => {
    const { browser, email } = await signedUp(on(0))
    const { browser: phone, session } = await signedIn(on(1), email)
    const everywhere = server.instances.map(({ url }) => phone.at(url))
    for (const twin of everywhere) expect((await twin.query('auth.whoami')).status).toBe(200)

    await browser.api.session.revoke.mutate({ sessionId: session.id })

    expect(reasonOf(await phone.at(on(0).url).query('auth.whoami'))).toBe('SESSION_REVOKED')
    await untilRefused(everywhere)
  })

  it('is refused because of the notification alone, on an instance that cannot read the table', async () => {
    const proxy = await startTcpProxy({ port: Number(new URL(server.testDatabase.url ?? '').port) })
    const database = connectPostgres({ url: proxy.through(server.testDatabase.url ?? '') })
    const logStream = { write: () => {} }
    const app = await buildApp({ config: server.config, database, clock: server.clock, logStream })
    try {
      const url = await app.listen({ host: '127.0.0.1', port: 0 })
      const { browser, email } = await signedUp(on(0))
      const { browser: phone, session } = await signedIn(on(0), email)
      expect((await phone.at(url).query('auth.whoami')).status).toBe(200)
      proxy.hold('both', ({ opening }: ProxiedConnection) => !/listen "/.test(opening))

      await browser.api.session.revoke.mutate({ sessionId: session.id })

      await untilRefused([phone.at(url)])
      expect((await browser.at(url).query('auth.whoami')).status).toBe(200)
    } finally {
      proxy.release()
      await app.close()
      await database.close()
      await proxy.close()
    }
  })

  it('is found by reading the table again when the notification is lost', async () => {
    const { browser, session } = await signedUp(on(0))
    const everywhere = server.instances.map(({ url }) => browser.at(url))
    await server.database.orm.execute(sql`alter table sessions disable trigger session_revoked`)

    await server.database.orm.execute(
      sql`update sessions set revoked_at = ${server.clock.sql()}, revoked_reason = 'revoked' where id = ${session.id}`,
    )

    expect(await untilRefused(everywhere)).toBeLessThan(4_000)
  })

  it('is found although its transaction began long before it was committed', async () => {
    const { browser, session } = await signedUp(on(0))
    const { browser: other } = await signedUp(on(1))
    await server.database.orm.execute(sql`alter table sessions disable trigger session_revoked`)
    const longAgo = new Date(server.clock.now() - seconds(14)).toISOString()

    await server.database.orm.execute(
      sql`update sessions set revoked_at = ${longAgo}::timestamptz, revoked_reason = 'revoked' where id = ${session.id}`,
    )

    await untilRefused(server.instances.map(({ url }) => browser.at(url)))
    expect((await other.query('auth.whoami')).status).toBe(200)
  })
})

describe('an instance that has not heard from the database for longer than the bound', () => {
  it('asks the database about each session', async () => {
    const { session } = await signedUp(on(0))
    const { browser, session: revoked } = await signedUp(on(0))
    await browser.mutate('auth.signOut')
    const { database, app } = on(1)
    const unread = createRevocationFeed({ database, clock: server.clock, log: app.log })

    expect(unread.isFresh()).toBe(false)
    expect(await unread.isRevoked(session.id)).toBe(false)
    expect(await unread.isRevoked(revoked.id)).toBe(true)
  })

  it('answers 503 and leaves the cookies alone when it cannot ask, until then 200', async () => {
    const { browser } = await signedUp(on(0))
    const twin = browser.at(on(1).url)
    await on(1).database.close()

    expect((await twin.query('auth.whoami')).status).toBe(200)
    server.clock.advance(seconds(6))
    const refused = await twin.query('auth.whoami')

    expect(refused.status).toBe(503)
    expect(reasonOf(refused)).toBe('TEMPORARILY_UNAVAILABLE')
    expect(refused.setCookies).toEqual([])
    expect((await browser.at(on(2).url).query('auth.whoami')).status).toBe(200)
  })

  it('does not refresh either, and refuses nobody for good', async () => {
    const { browser, session } = await signedUp(on(0))
    browser.drop('access')
    await on(1).database.close()

    const refused = await browser.at(on(1).url).query('auth.whoami')
    const current = await browser.at(on(1).url).query('auth.current')

    for (const reply of [refused, current]) {
      expect(reply.status).toBe(503)
      expect(reasonOf(reply)).toBe('TEMPORARILY_UNAVAILABLE')
      expect(reply.setCookies).toEqual([])
    }
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
  })
})
