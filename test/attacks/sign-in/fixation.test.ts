import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionRow } from '../../harness/rows.ts'
import { reasonOf } from '../../harness/test-browser.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
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
