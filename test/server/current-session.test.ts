import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions } from '../../server/database/schema.ts'
import { sessionRow } from '../harness/rows.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { days, minutes } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'
import { cutOffDatabase } from '../harness/unreachable-database.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('auth.current', () => {
  it('answers who is signed in here, on which device', async () => {
    const { browser, user, session } = await signedUp(server)

    expect(await browser.api.auth.current.query()).toEqual({ user, session })
  })

  it('answers null to a signed-in browser whose session is gone from the database', async () => {
    const { browser, session } = await signedUp(server)
    await server.database.orm.delete(sessions).where(eq(sessions.id, session.id))

    expect(await browser.api.auth.current.query()).toBeNull()
  })
})

describe('auth.whoami', () => {
  it('answers from the token alone: without a query, while the database is out of reach', async () => {
    const isolated = await startTestServer()
    const { browser, user, session } = await signedUp(isolated)
    const reconnect = cutOffDatabase(isolated)

    const reply = await browser.query('auth.whoami')
    reconnect()

    expect(reply.body).toEqual({
      result: {
        data: {
          userId: user.id,
          sessionId: session.id,
          role: 'user',
          amr: ['pwd'],
          accessTokenExpiresAt: '2026-11-23T12:10:00.000Z',
        },
      },
    })
    await isolated.close()
  })
})

describe('auth.refresh', () => {
  it('rotates a pair that is still good', async () => {
    const { browser, session } = await signedUp(server)
    const before = browser.clone()
    server.clock.advance(minutes(5))

    const refreshed = await browser.api.auth.refresh.mutate()

    expect(refreshed.session.id).toBe(session.id)
    expect(refreshed.accessTokenExpiresAt).toBe(new Date(server.clock.now() + minutes(10)).toISOString())
    expect(browser.cookie('access')).not.toBe(before.cookie('access'))
    expect(browser.cookie('refresh')).not.toBe(before.cookie('refresh'))
    expect((await sessionRow(server, session.id)).generation).toBe(1)
  })

  it('rotates once when the access token has expired', async () => {
    const { browser, session } = await signedUp(server)
    server.clock.advance(minutes(20))

    const reply = await browser.mutate('auth.refresh')

    expect(reply.status).toBe(200)
    expect(reply.setCookies).toHaveLength(2)
    expect((await sessionRow(server, session.id)).generation).toBe(1)
  })

  it('keeps the time at which the person signed in', async () => {
    const { browser, session } = await signedUp(server)
    server.clock.advance(days(2))

    const refreshed = await browser.api.auth.refresh.mutate()

    expect(refreshed.session.authenticatedAt).toBe(session.authenticatedAt)
    expect(decodeJwt(browser.cookie('access') ?? '').auth_time).toBe(Date.parse(session.authenticatedAt) / 1000)
  })

  it('has nothing to rotate for a bearer, whose token is not touched', async () => {
    const { browser, session } = await signedUp(server)
    const authorization = `Bearer ${browser.cookie('access')}`

    const reply = await server.browser().mutate('auth.refresh', undefined, { authorization })

    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
    expect(await sessionRow(server, session.id)).toMatchObject({ generation: 0, revokedAt: null })
  })

  it('gives a bearer no cookies, even beside cookies', async () => {
    const { browser, session } = await signedUp(server)
    const authorization = `Bearer ${browser.cookie('access')}`

    const reply = await browser.mutate('auth.refresh', undefined, { authorization })

    expect(reply.setCookies).toEqual([])
    expect((await sessionRow(server, session.id)).generation).toBe(0)
  })
})
