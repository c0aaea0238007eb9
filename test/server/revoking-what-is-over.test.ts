import { beforeEach, describe, expect, it } from 'vitest'
import { sessionRow } from '../harness/rows.ts'
import { reasonOf, type TestBrowser } from '../harness/test-browser.ts'
import { days, minutes } from '../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

/** One device in use, one that has been idle for exactly as long as a session may be, one that was signed out before. */
describe('a person with one device in use, one that has just expired and one that was signed out', () => {
  let server: TestServer
  let browser: TestBrowser
  let copy: TestBrowser
  let current: string
  let expired: string
  let signedOut: string

  beforeEach(async () => {
    server = await startTestServer()
    const first = await signedUp(server)
    const idle = await signedIn(server, first.email)
    const gone = await signedIn(server, first.email)
    browser = first.browser
    copy = browser.clone()
    ;[current, expired, signedOut] = [first.session.id, idle.session.id, gone.session.id]
    server.clock.advance(days(4))
    for (const used of [browser, gone.browser]) await used.api.auth.whoami.query()
    server.clock.advance(days(3))
    await gone.browser.api.auth.signOut.mutate()
    return () => server.close()
  })

  const reasons = async () =>
    Promise.all([current, expired, signedOut].map(async (id) => (await sessionRow(server, id)).revokedReason))

  it('sees the first one only', async () => {
    expect((await browser.api.session.list.query()).map(({ id }) => id)).toEqual([current])
  })

  it('has nothing to revoke in the other two', async () => {
    for (const sessionId of [expired, signedOut])
      expect(reasonOf(await browser.mutate('session.revoke', { sessionId }))).toBe('NOT_FOUND')
    expect(await reasons()).toEqual([null, null, 'signed_out'])
  })

  it('has no others to revoke', async () => {
    expect(await browser.api.session.revokeOthers.mutate()).toEqual({ revokedCount: 0 })
    expect(await reasons()).toEqual([null, null, 'signed_out'])
  })

  it('revokes one when it revokes all, and leaves to the others the reason for which they ended', async () => {
    await browser.api.account.reauthenticate.mutate({ password })
    expect(await browser.api.session.revokeAll.mutate()).toEqual({ revokedCount: 1 })
    expect(await reasons()).toEqual(['revoked_all', null, 'signed_out'])
  })

  it('loses whatever was not revoked to a theft, and keeps the reasons of the rest', async () => {
    await browser.api.auth.whoami.query()
    expect(reasonOf(await copy.query('auth.whoami'))).toBe('REFRESH_TOKEN_REUSED')
    expect(await reasons()).toEqual(['reuse', 'reuse', 'signed_out'])
  })
})

it('a late retry ends its own session, not another one of the same generation and age', async () => {
  const server = await startTestServer()
  const { browser, email, session } = await signedUp(server)
  const other = await signedIn(server, email)
  const late = browser.clone()
  for (const device of [browser, other.browser, late]) device.drop('access')
  await browser.api.auth.whoami.query()
  await other.browser.api.auth.whoami.query()
  server.clock.advance(minutes(1))

  expect(reasonOf(await late.query('auth.whoami'))).toBe('REFRESH_TOKEN_REUSED')
  expect((await sessionRow(server, session.id)).revokedReason).toBe('reuse')
  expect((await sessionRow(server, other.session.id)).revokedReason).toBeNull()
  await server.close()
})
