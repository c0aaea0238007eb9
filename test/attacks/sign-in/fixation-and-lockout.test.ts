import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { attempts } from '../../../server/database/schema.ts'
import { sessionRow } from '../../harness/rows.ts'
import { reasonOf } from '../../harness/test-browser.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1/32' } })
})
beforeEach(async () => {
  await server.database.orm.delete(attempts)
})
afterAll(() => server.close())

describe('an attacker who plants their own cookies in somebody’s browser', () => {
  it('does not share the session that is opened over them', async () => {
    const attacker = await signedUp(server)
    const victim = await signedUp(server)
    const planted = attacker.browser.clone()

    const { session } = await signedIn(server, victim.email)
    await planted.mutate('auth.signIn', { email: victim.email, password })

    const now = await planted.api.auth.whoami.query()
    expect(now.userId).toBe(victim.user.id)
    expect(now.sessionId).not.toBe(attacker.session.id)
    expect(now.sessionId).not.toBe(session.id)
    expect(planted.cookie('refresh')).not.toBe(attacker.browser.cookie('refresh'))
    // What was planted is over: it was a session in this browser, and this browser has another one now.
    expect(reasonOf(await attacker.browser.query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect((await sessionRow(server, attacker.session.id)).revokedReason).not.toBeNull()
  })
})

describe('an attacker who guesses until an account is locked', () => {
  const guess = (email: string) =>
    server
      .browser({ headers: { 'x-forwarded-for': '203.0.113.9' } })
      .mutate('auth.signIn', { email, password: 'not the password of anybody' })

  it('locks out strangers, and not its owner in a browser that they have used before', async () => {
    const { browser, email } = await signedUp(server)
    await browser.mutate('auth.signOut')
    for (let count = 0; count < 11; count++) await guess(email)
    expect((await server.browser().mutate('auth.signIn', { email, password })).status).toBe(429)

    const reply = await browser.mutate('auth.signIn', { email, password })

    expect(reply.status).toBe(200)
  })

  it('gains nothing by a mark of a browser that is somebody else’s, or that they have bent', async () => {
    const { browser, email } = await signedUp(server)
    const attacker = await signedUp(server)
    for (let count = 0; count < 11; count++) await guess(email)
    const marks = [attacker.browser, browser].map((of) => of.lasting.get('known') ?? '')
    expect(marks.every((mark) => mark.length > 20)).toBe(true)

    for (const mark of [marks[0], `${marks[1]?.slice(0, -2)}AA`, 'x', '']) {
      const bent = server.browser({ headers: { cookie: `known=${mark}` } })

      expect((await bent.mutate('auth.signIn', { email, password })).status).toBe(429)
    }
  })

  it('who has stolen the mark has ten guesses with it, and does not lock out anybody by them', async () => {
    const { browser, email } = await signedUp(server)
    const stolen = server.browser({ headers: { cookie: `known=${browser.lasting.get('known')}` } })
    const statuses = []
    for (let count = 0; count < 12; count++)
      statuses.push((await stolen.mutate('auth.signIn', { email, password: 'not the password of anybody' })).status)

    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
    expect((await server.browser().mutate('auth.signIn', { email, password })).status).toBe(200)
  })
})
