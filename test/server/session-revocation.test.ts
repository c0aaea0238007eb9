import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsOf, lastWriteOf, sessionRow, userRow } from '../harness/rows.ts'
import { reasonOf, refusalReason, type TestBrowser } from '../harness/test-browser.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ instances: 2 })
})
afterAll(() => server.close())

/** Whatever this browser tries next is refused, though its access token has minutes left; and it is rid of its cookies. */
async function isRefusedAtOnce(browser: TestBrowser): Promise<void> {
  const withAccess = browser.clone()
  const withRefresh = browser.clone()
  withRefresh.drop('access')

  expect(reasonOf(await withAccess.query('session.list'))).toBe('SESSION_REVOKED')
  expect(reasonOf(await withRefresh.query('session.list'))).toBe('SESSION_REVOKED')
  expect([withAccess.cookies.size, withRefresh.cookies.size]).toEqual([0, 0])
}

describe('session.revoke', () => {
  it('ends another device of the same person: its very next request is refused', async () => {
    const { browser, email, user } = await signedUp(server)
    const phone = await signedIn(server, email)

    expect(await browser.api.session.revoke.mutate({ sessionId: phone.session.id })).toEqual({ revokedCount: 1 })

    await isRefusedAtOnce(phone.browser)
    expect((await browser.query('auth.whoami')).status).toBe(200)
    expect(await sessionRow(server, phone.session.id)).toMatchObject({ revokedReason: 'revoked' })
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({
      kind: 'session_revoked',
      sessionId: phone.session.id,
    })
  })

  it('is heard by the other instances', async () => {
    const [here, there] = server.instances
    const { browser, email } = await signedUp(server)
    const phone = await signedIn(server, email)
    const elsewhere = phone.browser.at(there?.url ?? '')
    expect((await elsewhere.query('auth.whoami')).status).toBe(200)

    await browser.at(here?.url ?? '').api.session.revoke.mutate({ sessionId: phone.session.id })

    await expect.poll(async () => (await elsewhere.clone().query('auth.whoami')).status, { timeout: 3_000 }).toBe(401)
  })

  it('ends a bearer’s session in the same way', async () => {
    const { browser, email } = await signedUp(server)
    const phone = await signedIn(server, email)
    const headers = { authorization: `Bearer ${phone.browser.cookie('access')}` }
    await browser.api.session.revoke.mutate({ sessionId: phone.session.id })

    expect(reasonOf(await server.browser().send('/trpc/auth.whoami', { headers }))).toBe('SESSION_REVOKED')
  })

  it('ends this very device, and clears its cookies', async () => {
    const { browser, session } = await signedUp(server)
    const copy = browser.clone()

    await browser.api.session.revoke.mutate({ sessionId: session.id })

    expect(browser.cookies.size).toBe(0)
    await isRefusedAtOnce(copy)
  })

  it('leaves the cookies of this device alone when it ends another', async () => {
    const { browser, email } = await signedUp(server)
    const phone = await signedIn(server, email)

    const reply = await browser.mutate('session.revoke', { sessionId: phone.session.id })

    expect(reply.setCookies).toEqual([])
  })
})

describe('somebody else’s device', () => {
  it.each(['session.revoke', 'session.rename'])('does not exist for %s, and nothing changes', async (procedure) => {
    const one = await signedUp(server)
    const other = await signedUp(server)
    const input = { sessionId: other.session.id, ...(procedure === 'session.rename' ? { name: 'Mine now' } : {}) }
    const written = await lastWriteOf(server, other.session.id)
    const events = await eventsOf(server, other.user.id)

    const reply = await one.browser.mutate(procedure, input)
    const unknown = await one.browser.mutate(procedure, { ...input, sessionId: crypto.randomUUID() })

    expect(reply.status).toBe(404)
    expect(reasonOf(reply)).toBe('NOT_FOUND')
    expect(reply.setCookies).toEqual([])
    expect(reasonOf(unknown)).toBe('NOT_FOUND')
    expect(await lastWriteOf(server, other.session.id)).toBe(written)
    expect(await eventsOf(server, other.user.id)).toEqual(events)
    expect((await other.browser.query('auth.whoami')).status).toBe(200)
  })

  it('is out of reach of revoking others and everything', async () => {
    const one = await signedUp(server)
    const other = await signedUp(server)

    await one.browser.api.session.revokeOthers.mutate()
    await one.browser.api.session.revokeAll.mutate()

    expect((await other.browser.query('auth.whoami')).status).toBe(200)
    expect((await userRow(server, other.user.id)).tokenVersion).toBe(0)
  })
})

it('a device that has ended already cannot be revoked again, and keeps its first reason', async () => {
  const { browser, email } = await signedUp(server)
  const phone = await signedIn(server, email)
  await phone.browser.api.auth.signOut.mutate()

  const refused = browser.api.session.revoke.mutate({ sessionId: phone.session.id })

  expect(await refusalReason(refused)).toBe('NOT_FOUND')
  expect((await sessionRow(server, phone.session.id)).revokedReason).toBe('signed_out')
})

describe('session.revokeOthers', () => {
  it('ends every other device and keeps this one', async () => {
    const { browser, email, user, session } = await signedUp(server)
    const others = [await signedIn(server, email), await signedIn(server, email)]

    expect(await browser.api.session.revokeOthers.mutate()).toEqual({ revokedCount: 2 })

    for (const other of others) {
      await isRefusedAtOnce(other.browser)
      expect((await sessionRow(server, other.session.id)).revokedReason).toBe('revoked_others')
    }
    expect((await browser.query('auth.whoami')).setCookies).toEqual([])
    expect((await sessionRow(server, session.id)).revokedAt).toBeNull()
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({
      kind: 'sessions_revoked',
      reason: 'revoked_others',
    })
  })

  it('has nothing to end when there are no others, and records nothing', async () => {
    const { browser, user } = await signedUp(server)
    const events = await eventsOf(server, user.id)

    expect(await browser.api.session.revokeOthers.mutate()).toEqual({ revokedCount: 0 })
    expect(await eventsOf(server, user.id)).toEqual(events)
  })
})

describe('session.revokeAll', () => {
  it('ends every device, this one too, bumps the token version and clears the cookies', async () => {
    const { browser, email, user, session } = await signedUp(server)
    const phone = await signedIn(server, email)
    const copy = browser.clone()

    expect(await browser.api.session.revokeAll.mutate()).toEqual({ revokedCount: 2 })

    expect(browser.cookies.size).toBe(0)
    await isRefusedAtOnce(copy)
    await isRefusedAtOnce(phone.browser)
    expect((await userRow(server, user.id)).tokenVersion).toBe(1)
    expect((await sessionRow(server, session.id)).revokedReason).toBe('revoked_all')
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({ kind: 'sessions_revoked', reason: 'revoked_all' })
  })

  it('is followed by sign-ins of the new token version', async () => {
    const { browser, email } = await signedUp(server)
    await browser.api.session.revokeAll.mutate()

    const again = await signedIn(server, email)
    again.browser.drop('access')

    expect((await again.browser.query('auth.whoami')).status).toBe(200)
    expect((await sessionRow(server, again.session.id)).tokenVersion).toBe(1)
  })
})
