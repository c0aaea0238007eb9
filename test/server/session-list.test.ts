import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions } from '../../server/database/schema.ts'
import { completed } from '../harness/completed.ts'
import { sessionRow } from '../harness/rows.ts'
import { refusalReason } from '../harness/test-browser.ts'
import { days, hours, minutes } from '../harness/test-clock.ts'
import { newEmail, password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const chromeOnWindows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36'
const safariOnIphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

describe('session.list', () => {
  it('has this device first, then the others by their last activity', async () => {
    const { browser, email, session } = await signedUp(server)
    server.clock.advance(minutes(1))
    const second = await signedIn(server, email)
    server.clock.advance(minutes(1))
    const third = await signedIn(server, email)
    server.clock.advance(minutes(1))
    second.browser.drop('access')
    await second.browser.query('auth.whoami')

    const ids = async (who: typeof browser) => (await who.api.session.list.query()).map(({ id }) => id)

    expect(await ids(browser)).toEqual([session.id, second.session.id, third.session.id])
    expect(await ids(third.browser)).toEqual([third.session.id, second.session.id, session.id])
  })

  it('says which device each one is', async () => {
    const { browser, email } = await signedUp(server, { userAgent: chromeOnWindows })
    await signedIn(server, email, { userAgent: safariOnIphone })

    const list = await browser.api.session.list.query()

    expect(list.map(({ current, device }) => ({ current, device }))).toEqual([
      { current: true, device: { kind: 'desktop', browser: 'Chrome', os: 'Windows' } },
      { current: false, device: { kind: 'mobile', browser: 'Safari', os: 'iOS' } },
    ])
  })

  it('has nobody else’s devices', async () => {
    const one = await signedUp(server)
    const other = await signedUp(server)

    expect((await one.browser.api.session.list.query()).map(({ id }) => id)).toEqual([one.session.id])
    expect((await other.browser.api.session.list.query()).map(({ id }) => id)).toEqual([other.session.id])
  })

  it('leaves out what was revoked or has expired', async () => {
    const { browser, email } = await signedUp(server)
    const revoked = await signedIn(server, email)
    const expired = await signedIn(server, email)
    await browser.api.session.revoke.mutate({ sessionId: revoked.session.id })
    await server.database.orm
      .update(sessions)
      .set({ idleExpiresAt: new Date(server.clock.now()) })
      .where(eq(sessions.id, expired.session.id))

    expect(await browser.api.session.list.query()).toHaveLength(1)
  })

  it('never carries a token or a hash', async () => {
    const { browser, session } = await signedUp(server)
    const row = await sessionRow(server, session.id)

    const [listed] = await browser.api.session.list.query()

    expect(Object.keys(listed ?? {}).sort()).toEqual(
      [
        ...['id', 'current', 'name', 'device', 'ipAddress', 'firstIpAddress', 'location', 'createdAt'],
        ...['lastActiveAt', 'authenticatedAt', 'expiresAt', 'amr'],
      ].sort(),
    )
    for (const secret of [row.secretHash, row.salt])
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        expect(JSON.stringify(listed)).not.toContain(secret.toString(encoding))
  })

  it('tells when each device expires if it is left alone', async () => {
    const { browser, session } = await signedUp(server)
    server.clock.advance(days(2))

    const [listed] = await browser.api.session.list.query()

    expect(Date.parse(listed?.expiresAt ?? '') - Date.parse(session.expiresAt)).toBe(days(2))
  })
})

describe('session.ended', () => {
  it('tells for 28 days which devices have ended, why and when, the latest first', async () => {
    const { browser, email } = await signedUp(server)
    const first = await signedIn(server, email)
    const second = await signedIn(server, email)
    await first.browser.api.auth.signOut.mutate()
    server.clock.advance(hours(1))
    await browser.api.session.revoke.mutate({ sessionId: second.session.id })
    const endedAt = new Date(server.clock.now()).toISOString()

    const ended = await browser.api.session.ended.query()

    expect(ended.map(({ id, reason }) => [id, reason])).toEqual([
      [second.session.id, 'revoked'],
      [first.session.id, 'signed_out'],
    ])
    expect(ended[0]).toEqual({
      id: second.session.id,
      name: null,
      device: { kind: 'app', browser: 'node', os: null },
      ipAddress: '127.0.0.1',
      lastActiveAt: expect.any(String),
      endedAt,
      reason: 'revoked',
      endedBy: { device: 'node', ipAddress: '127.0.0.1' },
    })

    server.clock.advance(days(28))
    const again = await signedIn(server, email)
    expect((await again.browser.api.session.ended.query()).map(({ reason }) => reason)).toEqual(['expired'])
  })

  it('counts an expiry as an end', async () => {
    const { browser, email, session } = await signedUp(server)
    server.clock.advance(days(8))
    const again = await signedIn(server, email)

    expect(await again.browser.api.session.ended.query()).toMatchObject([
      { id: session.id, reason: 'expired', endedAt: session.expiresAt },
    ])
    expect(await refusalReason(browser.api.session.ended.query())).toBe('SESSION_EXPIRED')
  })

  it('has nobody else’s devices', async () => {
    const one = await signedUp(server)
    const other = await signedUp(server)
    await one.browser.api.auth.signOut.mutate()

    expect(await other.browser.api.session.ended.query()).toEqual([])
  })
})

describe('session.rename', () => {
  it('names a device, for the list on every device', async () => {
    const { browser, email, session } = await signedUp(server)
    const second = await signedIn(server, email)

    const renamed = await browser.api.session.rename.mutate({ sessionId: second.session.id, name: '  Küche 🍳 ' })

    expect(renamed).toEqual({ ...second.session, current: false, name: 'Küche 🍳' })
    const list = await second.browser.api.session.list.query()
    expect(list.map(({ id, name }) => [id, name])).toEqual([
      [second.session.id, 'Küche 🍳'],
      [session.id, null],
    ])
  })

  it.each([
    ['empty', ''],
    ['blank', '   '],
    ['too long', 'x'.repeat(61)],
    ['with a line break', 'one\ntwo'],
    ['with an escape sequence', 'one\u001b[2Jtwo'],
    ['with a NUL', 'one\0two'],
    ['with half a character', 'one\ud83d'],
  ])('refuses a name that is %s, and keeps the old one', async (_what, name) => {
    const { browser, session } = await signedUp(server)
    const sessionId = session.id
    await browser.api.session.rename.mutate({ sessionId, name: 'Kitchen' })

    const reply = await browser.mutate('session.rename', { sessionId, name })

    expect(reply.status).toBe(400)
    expect(reply.body).toMatchObject({ error: { data: { fields: { name: expect.any(String) } } } })
    expect((await sessionRow(server, sessionId)).name).toBe('Kitchen')
  })

  it('does not name a device that has been signed out', async () => {
    const { browser, email } = await signedUp(server)
    const second = await signedIn(server, email)
    await second.browser.api.auth.signOut.mutate()

    const refused = browser.api.session.rename.mutate({ sessionId: second.session.id, name: 'Ghost' })

    expect(await refusalReason(refused)).toBe('NOT_FOUND')
    expect((await sessionRow(server, second.session.id)).name).toBeNull()
  })

  it('takes no markup for more than text', async () => {
    const { browser, session } = await signedUp(server)
    const name = '<img src=x onerror=alert(1)>'

    expect((await browser.api.session.rename.mutate({ sessionId: session.id, name })).name).toBe(name)
  })
})

it('a device may be named when it signs in', async () => {
  const email = newEmail()
  await server.browser().api.auth.signUp.mutate({ email, password })

  const { session } = completed(
    await server.browser().api.auth.signIn.mutate({ email, password, deviceName: 'Backup job' }),
  )

  expect(session.name).toBe('Backup job')
})
