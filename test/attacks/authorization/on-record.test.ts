import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signedInAdministrator } from '../../harness/administrator.ts'
import { withAuthenticatorApp } from '../../harness/authenticator-app.ts'
import { reasonOf } from '../../harness/test-browser.ts'
import { minutes, seconds } from '../../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

/** What somebody tries and what they get in with is found in the log afterwards, by who it was and from where. */
let server: TestServer
let victim: Awaited<ReturnType<typeof signedUp>>
beforeAll(async () => {
  server = await startTestServer()
  victim = await signedUp(server)
})
afterAll(() => server.close())

/** Lines of one event that the work leaves behind, without what every line has. */
async function linesOf(event: string, work: () => Promise<unknown>) {
  const from = server.logs.length
  await work()
  return server.logs.slice(from).filter((line) => line.event === event)
}

const fromHere = { ipAddress: expect.stringMatching(/127\.0\.0\.1|::1/), requestId: expect.any(String) }

describe('whoever reaches for what is not theirs', () => {
  it.each<[string, string, unknown, string]>([
    ['another person’s device', 'session.revoke', { sessionId: '' }, 'NOT_FOUND'],
    ['an administrator’s procedure', 'admin.suspendUser', { userId: '', reason: 'x' }, 'NOT_FOUND'],
    ['a service account of their own', 'service.create', { name: 'Mine', scopes: ['a:b'] }, 'NOT_ALLOWED'],
    ['a field that is not for them', 'account.rename', { name: 'Eve', role: 'admin' }, 'INVALID_INPUT'],
  ])('%s is in the log with the reason, and nothing of what they sent', async (_what, procedure, input, reason) => {
    const { browser, user, session } = await signedUp(server)
    const named = JSON.parse(JSON.stringify(input).replace('"sessionId":""', `"sessionId":"${victim.session.id}"`))

    const lines = await linesOf('call_refused', () => browser.mutate(procedure, named))

    const who = { userId: user.id, sessionId: session.id }
    expect(lines).toEqual([expect.objectContaining({ reason, procedure, ...who, ...fromHere })])
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${victim.session.id}|Eve|Mine`))
  })

  it('with a proof that is too old is in the log', async () => {
    const { browser, user } = await signedUp(server)
    server.clock.advance(minutes(11))

    const lines = await linesOf('call_refused', () => browser.mutate('session.revokeAll'))

    const expected = { reason: 'REAUTHENTICATION_REQUIRED', procedure: 'session.revokeAll', userId: user.id }
    expect(lines).toEqual([expect.objectContaining(expected)])
  })

  it('without being signed in at all is in the log by what was called and its status', async () => {
    const stranger = server.browser()
    const lines = await linesOf('request', async () => {
      expect(reasonOf(await stranger.mutate('session.revokeAll'))).toBe('NOT_SIGNED_IN')
      // A line is written when its reply has left: the next request is answered after that.
      await stranger.query('auth.current')
    })

    expect(lines).toContainEqual(expect.objectContaining({ procedures: 'session.revokeAll', status: 401 }))
  })

  it('as a program is in the log by its account and key', async () => {
    const { browser } = await signedInAdministrator(server)
    const { account, key } = await browser.api.service.create.mutate({ name: 'Report', scopes: ['reports:read'] })
    let token = ''
    const exchanged = await linesOf('service_key_exchanged', async () => {
      const { body } = await server.browser().send('/oauth/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `grant_type=client_credentials&client_id=${account.id}&client_secret=${key}`,
      })
      token = (body as { access_token: string }).access_token
    })
    const who = { accountId: account.id, keyId: account.keys[0]?.id }
    expect(exchanged).toEqual([expect.objectContaining({ ...who, scope: 'reports:read', ...fromHere })])

    const program = server.browser({ headers: { authorization: `Bearer ${token}` } })
    const refused = await linesOf('call_refused', () => program.query('session.list'))

    expect(refused).toEqual([expect.objectContaining({ reason: 'NOT_ALLOWED', ...who })])
    expect(JSON.stringify(server.logs)).not.toContain(key)
  })
})

describe('whoever signs in', () => {
  it('is in the log with the methods by which they did, in a browser and as a program', async () => {
    const { email, user } = await signedUp(server)

    const lines = await linesOf('signed_in', async () => {
      await signedIn(server, email)
      await server.browser({ origin: null }).api.token.issue.mutate({ email, password })
    })

    const expected = expect.objectContaining({
      userId: user.id,
      sessionId: expect.any(String),
      amr: ['pwd'],
      ...fromHere,
    })
    expect(lines).toEqual([expected, expected])
    expect(JSON.stringify(lines)).not.toContain(email)
  })

  it('with a second factor is in the log when it has come, and not before', async () => {
    const { browser, email, user } = await signedUp(server)
    const app = await withAuthenticatorApp(browser, server.clock)
    server.clock.advance(seconds(60))
    const other = server.browser()
    expect(await linesOf('signed_in', () => other.api.auth.signIn.mutate({ email, password }))).toEqual([])

    const lines = await linesOf('signed_in', () =>
      other.api.auth.secondFactor.mutate({ kind: 'authenticatorApp', code: app.code() }),
    )

    expect(lines).toEqual([expect.objectContaining({ userId: user.id, amr: ['pwd', 'otp', 'mfa'] })])
  })
})
