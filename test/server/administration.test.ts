import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticatorApps, users } from '../../server/database/schema.ts'
import { signedInAdministrator, signedInAs } from '../harness/administrator.ts'
import { eventsOf, sessionRow, userRow } from '../harness/rows.ts'
import { reasonOf, refusalReason, type TestBrowser } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ instances: 2 })
})
afterAll(() => server.close())

const reason = 'Ticket 4711'
const nobody = '6f1f5d0e-0f2b-4c57-9d5b-0d3c2a1b4e5f'

async function lastAct(browser: TestBrowser) {
  const { events } = await browser.api.admin.audit.query({ limit: 1 })
  return events[0]
}

const mailsTo = (email: string) =>
  server.instances.flatMap(({ mails }) => mails).filter((mail) => mail.to === email && /administrator/i.test(mail.text))

describe('suspending a user', () => {
  it('ends their sessions at once on every instance, keeps them out, and is recorded, told and undone', async () => {
    const admin = await signedInAdministrator(server)
    const { browser, email, user, session } = await signedUp(server)
    const elsewhere = browser.at(server.instances[1]?.url ?? '')
    expect((await elsewhere.query('auth.whoami')).status).toBe(200)

    expect(await admin.browser.api.admin.suspendUser.mutate({ userId: user.id, reason })).toEqual({
      changed: true,
      revokedCount: 1,
    })

    expect(reasonOf(await browser.clone().query('auth.whoami'))).toBe('SESSION_REVOKED')
    await expect.poll(async () => (await elsewhere.clone().query('auth.whoami')).status).toBe(401)
    expect(await refusalReason(server.browser().api.auth.signIn.mutate({ email, password }))).toBe(
      'INVALID_CREDENTIALS',
    )
    expect(await sessionRow(server, session.id)).toMatchObject({ revokedReason: 'suspended' })
    expect(await lastAct(admin.browser)).toMatchObject({
      actor: { kind: 'user', id: admin.user.id, email: admin.email },
      action: 'user_suspended',
      target: { kind: 'user', id: user.id, email },
      reason,
      ipAddress: expect.stringMatching(/127\.0\.0\.1|::1/),
      requestId: expect.any(String),
    })
    expect(server.logs).toContainEqual(
      expect.objectContaining({ event: 'administrator_acted', procedure: 'admin.suspendUser', userId: admin.user.id }),
    )
    await expect.poll(() => mailsTo(email).map((mail) => mail.text)).toContainEqual(expect.stringContaining(reason))

    // Once more changes nothing, and records nothing.
    const before = await lastAct(admin.browser)
    expect(await admin.browser.api.admin.suspendUser.mutate({ userId: user.id, reason })).toEqual({
      changed: false,
      revokedCount: 0,
    })
    expect(await lastAct(admin.browser)).toEqual(before)

    expect(await admin.browser.api.admin.restoreUser.mutate({ userId: user.id, reason })).toMatchObject({
      changed: true,
    })
    await signedIn(server, email)
    expect((await browser.clone().query('auth.whoami')).status).toBe(401)
  })

  it('tells the person that it was done, and nothing of who did it from where', async () => {
    const admin = await signedInAdministrator(server)
    const { user } = await signedUp(server)
    await admin.browser.api.admin.suspendUser.mutate({ userId: user.id, reason })

    const events = (await eventsOf(server, user.id)).filter(({ kind }) => /suspended|sessions_revoked/.test(kind))
    expect(events).toMatchObject([
      { kind: 'suspended', ipAddress: null, device: null },
      { kind: 'sessions_revoked', reason: 'suspended', ipAddress: null, device: null },
    ])
  })

  it('asks for a reason of one line', async () => {
    const { browser } = await signedInAdministrator(server)
    const { user } = await signedUp(server)
    for (const bad of ['', '   ', 'x'.repeat(301), 'two\nlines', undefined]) {
      const reply = await browser.mutate('admin.suspendUser', { userId: user.id, reason: bad })
      expect([reply.status, reasonOf(reply)]).toEqual([400, 'INVALID_INPUT'])
    }
    expect(await userRow(server, user.id)).toMatchObject({ suspendedAt: null })
  })

  it('of nobody is 404, of oneself and of somebody above oneself is refused', async () => {
    const admin = await signedInAdministrator(server)
    const support = await signedInAs(server, 'support')
    const colleague = await signedInAs(server, 'support')
    const { api } = support.browser
    expect(await refusalReason(api.admin.suspendUser.mutate({ userId: nobody, reason }))).toBe('NOT_FOUND')
    for (const userId of [support.user.id, colleague.user.id, admin.user.id])
      expect(await refusalReason(api.admin.suspendUser.mutate({ userId, reason }))).toBe('NOT_ALLOWED')
    const self = { userId: admin.user.id, reason }
    expect(await refusalReason(admin.browser.api.admin.suspendUser.mutate(self))).toBe('NOT_ALLOWED')
    expect(await userRow(server, admin.user.id)).toMatchObject({ suspendedAt: null })
  })
})

describe('a role', () => {
  it('is given and taken, ends the sessions that carry the old one, and bites at the next sign-in', async () => {
    const admin = await signedInAdministrator(server)
    const { browser, email, user } = await signedUp(server)
    const { tokenVersion } = await userRow(server, user.id)

    await admin.browser.api.admin.changeRole.mutate({ userId: user.id, role: 'support', reason })

    expect((await browser.query('auth.whoami')).status).toBe(401)
    expect(await userRow(server, user.id)).toMatchObject({ role: 'support', tokenVersion: tokenVersion + 1 })
    expect(await lastAct(admin.browser)).toMatchObject({
      action: 'role_changed',
      details: { from: 'user', to: 'support' },
    })
    const again = await signedIn(server, email)
    expect((await again.browser.api.admin.users.query({})).users.length).toBeGreaterThan(1)
  })

  it('cannot be changed for oneself, nor by support', async () => {
    const admin = await signedInAdministrator(server)
    const self = { userId: admin.user.id, role: 'user', reason } as const
    expect(await refusalReason(admin.browser.api.admin.changeRole.mutate(self))).toBe('NOT_ALLOWED')
    const support = await signedInAs(server, 'support')
    const other = await signedUp(server)
    const change = { userId: other.user.id, role: 'admin', reason } as const
    expect(await refusalReason(support.browser.api.admin.changeRole.mutate(change))).toBe('NOT_FOUND')
  })

  it('that was taken in the database counts no more, though a token still carries it', async () => {
    const admin = await signedInAdministrator(server)
    const { user } = await signedUp(server)
    await server.database.orm.update(users).set({ role: 'user' }).where(eq(users.id, admin.user.id))
    const act = admin.browser.api.admin.suspendUser.mutate({ userId: user.id, reason })
    expect(await refusalReason(act)).toBe('NOT_ALLOWED')
  })
})

describe('somebody who is locked out', () => {
  it('loses their second factors and every session, and signs in with the password alone', async () => {
    const admin = await signedInAdministrator(server)
    const { browser, email, user } = await signedUp(server)
    const now = new Date(server.clock.now())
    await server.database.orm
      .insert(authenticatorApps)
      .values({ userId: user.id, sealedSecret: Buffer.alloc(40), createdAt: now, confirmedAt: now })
    expect(await server.browser().api.auth.signIn.mutate({ email, password })).toMatchObject({
      status: 'secondFactorRequired',
    })
    expect(await admin.browser.api.admin.user.query({ userId: user.id })).toMatchObject({
      user: { secondFactor: true },
      credentials: { authenticatorApp: true },
    })

    await admin.browser.api.admin.resetSecondFactors.mutate({ userId: user.id, reason })

    expect((await browser.query('auth.whoami')).status).toBe(401)
    await signedIn(server, email)
    expect(await admin.browser.api.admin.resetSecondFactors.mutate({ userId: user.id, reason })).toMatchObject({
      changed: false,
    })
  })

  it('is mailed a link to a new password, which nobody else sees', async () => {
    const admin = await signedInAdministrator(server)
    const { email, user } = await signedUp(server)
    const answer = await admin.browser.api.admin.sendPasswordReset.mutate({ userId: user.id, reason })
    expect(answer).toEqual({ changed: true })
    const mails = () => server.instances.flatMap((instance) => instance.mails).filter((mail) => mail.to === email)
    await expect.poll(() => mails().map(({ text }) => text)).toContainEqual(expect.stringContaining('/reset-password#'))
    expect(await lastAct(admin.browser)).toMatchObject({ action: 'password_reset_sent' })
  })

  it('gets no link while suspended', async () => {
    const admin = await signedInAdministrator(server)
    const { user } = await signedUp(server)
    await admin.browser.api.admin.suspendUser.mutate({ userId: user.id, reason })
    const sending = admin.browser.api.admin.sendPasswordReset.mutate({ userId: user.id, reason })
    expect(await refusalReason(sending)).toBe('NOT_ALLOWED')
  })
})

describe('users', () => {
  it('are found by the beginning of their address or name, and by what they are', async () => {
    const { browser } = await signedInAdministrator(server)
    const { api } = browser
    const grace = await signedUp(server)
    await server.database.orm.update(users).set({ name: 'Grace_Hopper 100%' }).where(eq(users.id, grace.user.id))
    const idsOf = async (filter: object) => (await api.admin.users.query(filter)).users.map(({ id }) => id)

    expect(await idsOf({ search: 'grace_h' })).toEqual([grace.user.id])
    expect(await idsOf({ search: grace.email.toUpperCase() })).toEqual([grace.user.id])
    expect(await idsOf({ search: 'graceXh' })).toEqual([])
    expect(await idsOf({ search: '%' })).toEqual([])
    expect(await idsOf({ search: '  ' })).toContain(grace.user.id)
    expect(await idsOf({ role: 'admin' })).not.toContain(grace.user.id)
    expect(await idsOf({ secondFactor: true })).not.toContain(grace.user.id)
    expect(await idsOf({ suspended: true })).not.toContain(grace.user.id)
    expect(await idsOf({ suspended: false, secondFactor: false, role: 'user' })).toContain(grace.user.id)
  })

  it('come in pages that leave nobody out', async () => {
    const { browser } = await signedInAdministrator(server)
    const all = (await browser.api.admin.users.query({ limit: 100 })).users.map(({ id }) => id)
    const paged: string[] = []
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await browser.api.admin.users.query({ limit: 3, cursor })
      paged.push(...page.users.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
      more = page.nextCursor !== null
    }
    expect(paged).toEqual(all)
    expect(reasonOf(await browser.query('admin.users', { cursor: '1_x' }))).toBe('INVALID_INPUT')
  })

  it('are shown with their devices and what happened to them, and never with a secret', async () => {
    const { browser } = await signedInAdministrator(server)
    const { user, session, email } = await signedUp(server)
    const found = await browser.api.admin.user.query({ userId: user.id })
    expect(found).toMatchObject({ user: { id: user.id, email, sessionCount: 1, secondFactor: false }, mayAct: true })
    expect(JSON.stringify(found)).not.toMatch(/argon2|passwordHash|tokenVersion/)
    const { sessions } = await browser.api.admin.sessions.query({ filter: { userId: user.id } })
    expect(sessions).toMatchObject([{ id: session.id, current: false, user: { id: user.id, email } }])
    const { events } = await browser.api.admin.userActivity.query({ userId: user.id })
    expect(events.map(({ kind }) => kind)).toEqual(['signed_in', 'signed_up'])
    expect(reasonOf(await browser.query('admin.user', { userId: nobody }))).toBe('NOT_FOUND')
  })
})

describe('signing keys', () => {
  it('are rotated ahead of plan without signing anybody out, and once at a time', async () => {
    const admin = await signedInAdministrator(server)
    const [first] = await admin.browser.api.admin.signingKeys.query()
    expect(first).toMatchObject({ state: 'signing' })
    expect(JSON.stringify(first)).not.toContain('"d"')

    expect(await admin.browser.api.admin.rotateSigningKeys.mutate({ reason })).toEqual({ changed: true })
    expect(await admin.browser.api.admin.rotateSigningKeys.mutate({ reason })).toEqual({ changed: false })
    const keys = await admin.browser.api.admin.signingKeys.query()
    expect(keys.map(({ state }) => state)).toEqual(['next', 'signing'])

    server.clock.advance(minutes(10))
    expect((await admin.browser.api.admin.signingKeys.query()).map(({ state }) => state)).toEqual([
      'signing',
      'trusted',
    ])
    expect((await admin.browser.query('auth.whoami')).status).toBe(200)
  })

  it('that have leaked are revoked: their access tokens are refused, browsers go on', async () => {
    const admin = await signedInAdministrator(server)
    const keys = await admin.browser.api.admin.signingKeys.query()
    const signing = keys.find(({ state }) => state === 'signing')
    const thief = server.browser({ headers: { authorization: `Bearer ${admin.browser.cookie('access')}` } })
    expect((await thief.query('auth.whoami')).status).toBe(200)

    const keyId = signing?.id ?? ''
    expect(await admin.browser.api.admin.revokeSigningKey.mutate({ keyId, reason })).toEqual({ revokedCount: 1 })

    await expect.poll(async () => (await thief.query('auth.whoami')).status).toBe(401)
    await expect.poll(async () => (await admin.browser.query('auth.whoami')).status).toBe(200)
    expect(await refusalReason(admin.browser.api.admin.revokeSigningKey.mutate({ keyId, reason }))).toBe('NOT_FOUND')
    expect(await lastAct(admin.browser)).toMatchObject({
      action: 'signing_key_revoked',
      target: { kind: 'signing_key', id: keyId },
    })
  })
})
