import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsOf, lastWriteOf, sessionRow, userRow } from '../harness/rows.ts'
import { reasonOf, refusalReason } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const newPassword = 'entirely different words this time'
const change = { currentPassword: password, newPassword }

describe('changing the password', () => {
  it('ends every other device and keeps this one signed in with a pair of the new token version', async () => {
    const { browser, email, user, session } = await signedUp(server)
    const phone = await signedIn(server, email)
    const before = browser.clone()

    expect(await browser.api.account.changePassword.mutate(change)).toEqual({ revokedCount: 1 })

    expect(reasonOf(await phone.browser.query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect((await sessionRow(server, phone.session.id)).revokedReason).toBe('password_changed')
    expect(browser.cookie('refresh')).not.toBe(before.cookie('refresh'))
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
    browser.drop('access')
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
    expect(await userRow(server, user.id)).toMatchObject({ tokenVersion: 1 })
    expect(await sessionRow(server, session.id)).toMatchObject({ tokenVersion: 1, revokedAt: null })
  })

  it('is what signing in goes by from then on', async () => {
    const { browser, email } = await signedUp(server)
    await browser.api.account.changePassword.mutate(change)

    const signIn = (tried: string) => server.browser().api.auth.signIn.mutate({ email, password: tried })

    expect(await refusalReason(signIn(password))).toBe('INVALID_CREDENTIALS')
    expect((await signIn(newPassword)).status).toBe('signedIn')
  })

  it('counts as having proven who one is', async () => {
    const { browser } = await signedUp(server)
    server.clock.advance(minutes(10))

    await browser.api.account.changePassword.mutate(change)

    const now = new Date(server.clock.now()).toISOString()
    expect((await browser.api.auth.current.query())?.session.authenticatedAt).toBe(now)
  })

  it('works in the request that finds its access token expired', async () => {
    const { browser, session } = await signedUp(server)
    browser.drop('access')

    const reply = await browser.mutate('account.changePassword', change)

    expect(reply.status).toBe(200)
    expect(reply.setCookies).toHaveLength(2)
    browser.drop('access')
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
  })

  it('leaves the other devices signed in when asked to', async () => {
    const { browser, email, user } = await signedUp(server)
    const phone = await signedIn(server, email)

    const kept = browser.api.account.changePassword.mutate({ ...change, revokeOtherSessions: false })

    expect(await kept).toEqual({ revokedCount: 0 })
    expect((await phone.browser.query('auth.whoami')).status).toBe(200)
    phone.browser.drop('access')
    expect((await phone.browser.query('auth.whoami')).status).toBe(200)
    expect((await userRow(server, user.id)).tokenVersion).toBe(0)
  })

  it('by a bearer sets no cookies, and the bearer goes on', async () => {
    const { email } = await signedUp(server)
    const program = server.browser()
    const issued = await program.api.token.issue.mutate({ email, password })
    const authorization = `Bearer ${issued.accessToken}`

    const reply = await program.mutate('account.changePassword', change, { authorization })

    expect(reply.body).toEqual({ result: { data: { revokedCount: 1 } } })
    expect(reply.setCookies).toEqual([])
    expect((await program.send('/trpc/auth.whoami', { headers: { authorization } })).status).toBe(200)
    expect((await program.api.token.refresh.mutate({ refreshToken: issued.refreshToken })).session.id).toBe(
      issued.session.id,
    )
  })

  it('is recorded', async () => {
    const { browser, user, session } = await signedUp(server)
    await browser.api.account.changePassword.mutate(change)

    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({
      kind: 'password_changed',
      sessionId: session.id,
    })
  })
})

describe('a refused change', () => {
  it.each<[string, object, string, RegExp | null]>([
    ['with the wrong present password', { ...change, currentPassword: newPassword }, 'INVALID_CREDENTIALS', null],
    ['to the present password', { ...change, newPassword: password }, 'INVALID_INPUT', /not the present one/],
    ['to a short password', { ...change, newPassword: 'too short' }, 'INVALID_INPUT', /at least 15/],
    ['to nothing', { ...change, newPassword: '' }, 'INVALID_INPUT', /Write a password/],
  ])('%s changes nothing', async (_what, input, reason, advice) => {
    const { browser, email, user, session } = await signedUp(server)
    const phone = await signedIn(server, email)
    const before = await userRow(server, user.id)
    const written = await lastWriteOf(server, session.id)

    const reply = await browser.mutate('account.changePassword', input)

    expect(reasonOf(reply)).toBe(reason)
    if (advice)
      expect(reply.body).toMatchObject({
        error: { data: { fields: { newPassword: expect.stringMatching(advice) } } },
      })
    expect(reply.setCookies).toEqual([])
    expect(await userRow(server, user.id)).toEqual(before)
    expect(await lastWriteOf(server, session.id)).toBe(written)
    expect((await phone.browser.query('auth.whoami')).status).toBe(200)
  })

  it('for the wrong present password is recorded, logged and counted: a stolen session is no place to guess', async () => {
    const { browser, user, session } = await signedUp(server)
    const guess = () =>
      browser.mutate('account.changePassword', { ...change, currentPassword: 'is it this one perhaps' })
    for (let count = 0; count < 10; count++) expect(reasonOf(await guess())).toBe('INVALID_CREDENTIALS')

    const eleventh = await guess()
    const right = await browser.mutate('account.changePassword', change)

    expect(eleventh.status).toBe(429)
    expect(reasonOf(right)).toBe('TOO_MANY_ATTEMPTS')
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({
      kind: 'password_change_failed',
      reason: 'wrong_password',
    })
    expect(server.logs).toContainEqual(
      expect.objectContaining({
        event: 'password_change_refused',
        reason: 'wrong_password',
        userId: user.id,
        sessionId: session.id,
      }),
    )
    server.clock.advance(minutes(15))
    await browser.api.account.reauthenticate.mutate({ password })
    expect((await browser.mutate('account.changePassword', change)).status).toBe(200)
  })

  it('without a session asks to sign in', async () => {
    expect(reasonOf(await server.browser().mutate('account.changePassword', change))).toBe('NOT_SIGNED_IN')
  })
})

it('of two changes at the same moment one wins, and the other is refused', async () => {
  const { browser, email } = await signedUp(server)
  const phone = await signedIn(server, email)
  const other = 'other words that nobody would guess'

  const replies = await Promise.all([
    browser.mutate('account.changePassword', change),
    phone.browser.mutate('account.changePassword', { ...change, newPassword: other }),
  ])

  expect(replies.map(({ status }) => status).sort()).toEqual([200, 401])
  const winner = replies[0].status === 200 ? newPassword : other
  expect((await server.browser().api.auth.signIn.mutate({ email, password: winner })).status).toBe('signedIn')
})
