import { eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outgoingMails, sessions } from '../../server/database/schema.ts'
import { signedInAdministrator, signedInAs } from '../harness/administrator.ts'
import { eventsOf, sessionRow } from '../harness/rows.ts'
import { reasonOf, refusalReason } from '../harness/test-browser.ts'
import { days } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1,::1' } })
})
afterAll(() => server.close())

const reason = 'Stolen laptops'
const from = (ipAddress: string) => ({ headers: { 'x-forwarded-for': ipAddress } })

/** Of every mail so far, sent or waiting. */
async function mailIds(): Promise<string[]> {
  const waiting = await server.database.orm.select({ id: outgoingMails.id }).from(outgoingMails)
  return [...waiting, ...server.mails].map(({ id }) => id)
}

describe('sessions of everybody', () => {
  it('are found by user, network, age and client', async () => {
    const { browser } = await signedInAdministrator(server)
    const old = await signedUp(server, from('198.51.100.9'))
    server.clock.advance(days(3))
    const admin = await signedIn(server, (await browser.api.auth.current.query())?.user.email ?? '')
    const recent = await signedUp(server, from('198.51.100.200'))
    const six = await signedUp(server, from('2001:db8:1::5'))
    const mine = [old, recent, six].map(({ session }) => session.id)
    const found = async (filter: object) => {
      const all = (await admin.browser.api.admin.sessions.query({ filter, limit: 100 })).sessions.map(({ id }) => id)
      return [old, recent, six].filter(({ session }) => all.includes(session.id))
    }

    expect(await found({})).toEqual([old, recent, six])
    expect(await found({ network: '198.51.100.0/24' })).toEqual([old, recent])
    expect(await found({ network: '198.51.100.7/24' })).toEqual([old, recent])
    expect(await found({ network: '198.51.100.200' })).toEqual([recent])
    expect(await found({ network: '2001:db8::/32' })).toEqual([six])
    expect(await found({ olderThanDays: 2 })).toEqual([old])
    expect(await found({ inactiveForDays: 2 })).toEqual([old])
    expect(await found({ userId: six.user.id })).toEqual([six])
    expect(await found({ email: recent.email.toUpperCase().slice(0, -4) })).toEqual([recent])
    await server.database.orm
      .update(sessions)
      .set({ browser: 'Safari', os: 'iOS' })
      .where(eq(sessions.id, mine[0] ?? ''))
    await server.database.orm
      .update(sessions)
      .set({ ipAddress: 'fe80::1%eth0' })
      .where(eq(sessions.id, mine[2] ?? ''))
    expect(await found({ browser: 'Safari', os: 'iOS' })).toEqual([old])
    expect(await found({ kind: 'app' })).toContain(recent)
    expect(await found({ network: 'fe80::/10' })).toEqual([])
    for (const network of ['300.1.1.1', '10.0.0.0/33', 'fe80::1%eth0', 'all', "'"])
      expect(reasonOf(await admin.browser.query('admin.sessions', { filter: { network } })), network).toBe(
        'INVALID_INPUT',
      )
  })

  it('come in pages', async () => {
    const { browser } = await signedInAdministrator(server)
    const { api } = browser
    for (let index = 0; index < 3; index++) await signedUp(server)
    const all = (await api.admin.sessions.query({ limit: 100 })).sessions.map(({ id }) => id)
    const first = await api.admin.sessions.query({ limit: 2 })
    const second = await api.admin.sessions.query({ limit: 100, cursor: first.nextCursor ?? '' })
    expect([...first.sessions, ...second.sessions].map(({ id }) => id)).toEqual(all)
    expect(second.nextCursor).toBeNull()
  })
})

describe('signing out somebody else', () => {
  it('ends one device, whose next request is refused', async () => {
    const admin = await signedInAdministrator(server)
    const { browser, user, session } = await signedUp(server)
    const revoke = () => admin.browser.api.admin.revokeSession.mutate({ sessionId: session.id, reason })
    expect(await revoke()).toEqual({ revokedCount: 1 })
    expect(reasonOf(await browser.query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect(await sessionRow(server, session.id)).toMatchObject({ revokedReason: 'administrator' })
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({ kind: 'session_revoked', reason: 'administrator' })
    expect(await refusalReason(revoke())).toBe('NOT_FOUND')
  })

  it('does not end what is over, and leaves the reason why to it', async () => {
    const { session } = await signedUp(server)
    server.clock.advance(days(7))
    const admin = await signedInAdministrator(server)
    const revoke = admin.browser.api.admin.revokeSession.mutate({ sessionId: session.id, reason })
    expect(await refusalReason(revoke)).toBe('NOT_FOUND')
    expect((await sessionRow(server, session.id)).revokedReason).toBeNull()
  })

  it('ends all of one person', async () => {
    const admin = await signedInAdministrator(server)
    const { browser, email, user } = await signedUp(server)
    await signedIn(server, email)
    const answer = await admin.browser.api.admin.signOutUser.mutate({ userId: user.id, reason })
    expect(answer).toEqual({ changed: true, revokedCount: 2 })
    expect((await browser.query('auth.whoami')).status).toBe(401)
  })

  it('is not for support when it is an administrator’s', async () => {
    const admin = await signedInAdministrator(server)
    const support = await signedInAs(server, 'support')
    const { api } = support.browser
    const one = api.admin.revokeSession.mutate({ sessionId: admin.session.id, reason })
    expect(await refusalReason(one)).toBe('NOT_FOUND')
    const all = api.admin.signOutUser.mutate({ userId: admin.user.id, reason })
    expect(await refusalReason(all)).toBe('NOT_ALLOWED')
    const filter = { userId: admin.user.id }
    expect((await api.admin.countSessions.query({ filter })).count).toBe(0)
    expect((await admin.browser.query('auth.whoami')).status).toBe(200)
  })
})

describe('signing out many', () => {
  it('states the exact number first, and does it only while that is true', async () => {
    const admin = await signedInAdministrator(server)
    const { api } = admin.browser
    const people = []
    for (const last of [1, 2, 3]) people.push(await signedUp(server, from(`192.0.2.${last}`)))
    const filter = { network: '192.0.2.0/24' }
    expect(await api.admin.countSessions.query({ filter })).toEqual({ count: 3, total: 3 })
    const late = await signedUp(server, from('192.0.2.4'))

    const stale = await api.admin.revokeSessions.mutate({ filter, expectedCount: 3, reason })
    expect(stale).toEqual({ status: 'countChanged', count: 4 })
    for (const { browser } of [...people, late]) expect((await browser.query('auth.whoami')).status).toBe(200)

    const earlier = new Set(await mailIds())
    const done = await api.admin.revokeSessions.mutate({ filter, expectedCount: 4, reason })
    expect(done).toEqual({ status: 'revoked', revokedCount: 4 })
    for (const { browser } of [...people, late]) expect((await browser.query('auth.whoami')).status).toBe(401)
    expect((await mailIds()).filter((id) => !earlier.has(id))).toEqual([])
    for (const { user } of people)
      expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({
        kind: 'sessions_revoked',
        reason: 'administrator',
      })
    const { events } = await api.admin.audit.query({ limit: 1 })
    expect(events).toMatchObject([
      { action: 'sessions_revoked', details: { count: 4, network: '192.0.2.0/24' }, target: { kind: 'sessions' } },
    ])
  })

  it('leaves the devices of whoever does it alone', async () => {
    const admin = await signedInAdministrator(server)
    const phone = await signedIn(server, admin.email)
    const { api } = admin.browser
    const { count, total } = await api.admin.countSessions.query({})
    expect(total).toBeGreaterThan(count)
    expect(await api.admin.revokeSessions.mutate({ expectedCount: count, reason })).toMatchObject({
      revokedCount: count,
    })
    const left = await server.database.orm
      .select()
      .from(sessions)
      .where(inArray(sessions.id, [admin.session.id, phone.session.id]))
    expect(left.map(({ revokedAt }) => revokedAt)).toEqual([null, null])
  })
})

describe('the overview', () => {
  it('counts what there is, and day by day what happened', async () => {
    const admin = await signedInAdministrator(server)
    const { api } = admin.browser
    await refusalReason(server.browser().api.auth.signIn.mutate({ email: admin.email, password: 'wrong' }))
    const totals = await api.admin.overview.query()
    const live = (await api.admin.countSessions.query({})).total
    expect(totals).toMatchObject({ sessions: live, suspended: 0, withSecondFactor: 0 })
    expect(totals.administrators).toBeGreaterThan(0)
    const { days: series, failures } = await api.admin.series.query({ days: 7, timeZone: 'UTC' })
    expect(series).toHaveLength(7)
    expect(series.at(-1)).toMatchObject({ activeSessions: live, failures: 1, reuses: 0 })
    expect(series.at(-1)?.signIns).toBeGreaterThan(0)
    expect(series[0]).toMatchObject({ signIns: 0 })
    expect(failures).toEqual([{ reason: 'wrong_password', count: 1 }])
  })
})
