import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsOf, sessionRow } from '../harness/rows.ts'
import { reasonOf, type TestBrowser } from '../harness/test-browser.ts'
import { days, minutes } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'
import { cutOffDatabase } from '../harness/unreachable-database.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('signing out', () => {
  it('ends the session: neither of its tokens opens anything from then on', async () => {
    const { browser, user, session } = await signedUp(server)
    const copy = browser.clone()

    expect(await browser.api.auth.signOut.mutate()).toEqual({ signedOut: true })

    expect(browser.cookies.size).toBe(0)
    expect(reasonOf(await copy.clone().query('auth.whoami'))).toBe('SESSION_REVOKED')
    copy.drop('access')
    expect(reasonOf(await copy.query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect(await sessionRow(server, session.id)).toMatchObject({ revokedReason: 'signed_out' })
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({ kind: 'signed_out', sessionId: session.id })
  })

  it('works when the access token has expired', async () => {
    const { browser, session } = await signedUp(server)
    server.clock.advance(minutes(20))

    expect(await browser.api.auth.signOut.mutate()).toEqual({ signedOut: true })
    expect(browser.cookies.size).toBe(0)
    expect(await sessionRow(server, session.id)).toMatchObject({ revokedReason: 'signed_out' })
  })

  it.each<[string, (browser: TestBrowser) => unknown]>([
    ['without cookies', (browser) => browser.cookies.clear()],
    ['a second time', (browser) => browser.clone().mutate('auth.signOut')],
    ['when the session has expired', () => server.clock.advance(days(31))],
    [
      'with cookies that say nothing',
      (browser) => {
        browser.cookies.set('access', 'nothing')
        browser.cookies.set('refresh', 'nothing')
      },
    ],
  ])('succeeds and clears %s', async (_what, prepare) => {
    const { browser } = await signedUp(server)
    await prepare(browser)

    const reply = await browser.mutate('auth.signOut')

    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({ result: { data: { signedOut: false } } })
    expect(reply.setCookies).toEqual([
      expect.stringMatching(/^access=; Max-Age=0;/),
      expect.stringMatching(/^refresh=; Max-Age=0;/),
    ])
  })

  it.each([
    ['a good access token', false],
    ['an expired one', true],
  ])('succeeds and clears while the database is out of reach, with %s', async (_what, expired) => {
    const isolated = await startTestServer()
    const { browser } = await signedUp(isolated)
    if (expired) browser.drop('access')
    const reconnect = cutOffDatabase(isolated)

    const reply = await browser.mutate('auth.signOut')

    reconnect()
    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({ result: { data: { signedOut: false } } })
    expect(browser.cookies.size).toBe(0)
    expect(isolated.takeErrors().map(({ event }) => event)).toEqual(expired ? [] : ['sign_out_unrecorded'])
    await isolated.close()
  })
})
