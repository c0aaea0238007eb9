import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attempts } from '../../server/database/schema.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { Authenticator } from '../harness/authenticator.ts'
import { withAuthenticatorApp } from '../harness/authenticator-app.ts'
import { countRows, eventsOf } from '../harness/rows.ts'
import { reasonOf, refusalReason } from '../harness/test-browser.ts'
import { minutes, seconds } from '../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
afterEach(async () => {
  await server.database.orm.delete(attempts)
})

const someId = '3f2b8a52-1c55-4f7e-9a57-0d5f6a3f1c11'
const answer = { id: 'AA', rawId: 'AA', type: 'public-key' }
const protectedCalls: [procedure: string, input?: object][] = [
  ['account.changePassword', { currentPassword: password, newPassword: 'entirely different words this time' }],
  ['account.changeEmail', { newEmail: 'new@example.com' }],
  ['account.delete', { email: 'me@example.com' }],
  ['account.beginAuthenticatorApp'],
  ['account.confirmAuthenticatorApp', { code: '123456' }],
  ['account.removeAuthenticatorApp'],
  ['account.replaceRecoveryCodes'],
  ['account.beginPasskey'],
  [
    'account.addPasskey',
    { name: 'Key', response: { ...answer, response: { clientDataJSON: '', attestationObject: '' } } },
  ],
  ['account.removePasskey', { passkeyId: someId }],
  ['session.revokeAll'],
  ['service.create', { name: 'Robot', scopes: ['revocations:read'] }],
  ['service.addKey', { accountId: someId }],
]

describe.each(protectedCalls)('%s', (procedure, input) => {
  it('asks for a proof of who one is that is younger than ten minutes, and changes nothing without', async () => {
    const { browser } = await signedInAdministrator(server)
    server.clock.advance(minutes(10) + seconds(1))
    await browser.query('auth.whoami')
    const before = await countRows(server)

    const reply = await browser.mutate(procedure, input)

    expect(reply.status).toBe(403)
    expect(reasonOf(reply)).toBe('REAUTHENTICATION_REQUIRED')
    expect(await countRows(server)).toEqual(before)
    await browser.api.account.reauthenticate.mutate({ password })
    expect(reasonOf(await browser.mutate(procedure, input))).not.toBe('REAUTHENTICATION_REQUIRED')
  })
})

describe('looking at devices and signing single ones out', () => {
  it('never asks', async () => {
    const { browser, email } = await signedUp(server)
    server.clock.advance(minutes(60))
    const { session } = await signedIn(server, email)
    expect((await browser.query('session.list')).status).toBe(200)
    expect((await browser.mutate('session.revoke', { sessionId: session.id })).status).toBe(200)
    expect((await browser.mutate('session.revokeOthers')).status).toBe(200)
  })
})

describe('proving again who one is', () => {
  it('counts from that moment, in the token as well, and is recorded', async () => {
    const { browser, user } = await signedUp(server)
    server.clock.advance(minutes(30))

    const { authenticatedAt } = await browser.api.account.reauthenticate.mutate({ password })

    expect(authenticatedAt).toBe(new Date(server.clock.now()).toISOString())
    expect((await browser.api.auth.current.query())?.session.authenticatedAt).toBe(authenticatedAt)
    expect((await eventsOf(server, user.id)).at(-1)?.kind).toBe('reauthenticated')
    server.clock.advance(minutes(10))
    expect((await browser.mutate('session.revokeAll')).status).toBe(200)
  })

  it('counts for the device on which it was done', async () => {
    const { browser, email } = await signedUp(server)
    const phone = await signedIn(server, email)
    server.clock.advance(minutes(11))
    await browser.api.account.reauthenticate.mutate({ password })
    await phone.browser.api.auth.refresh.mutate()
    expect(reasonOf(await phone.browser.mutate('session.revokeAll'))).toBe('REAUTHENTICATION_REQUIRED')
  })

  it('is not done by refreshing: a young token of an old proof is refused', async () => {
    const { browser } = await signedUp(server)
    server.clock.advance(minutes(11))
    await browser.api.auth.refresh.mutate()
    expect(reasonOf(await browser.mutate('session.revokeAll'))).toBe('REAUTHENTICATION_REQUIRED')
  })

  it('in one tab does not sign the other out, which still sends the tokens of before', async () => {
    const { browser } = await signedUp(server)
    const tab = browser.clone()
    server.clock.advance(minutes(11))
    await browser.api.account.reauthenticate.mutate({ password })
    expect((await tab.query('auth.whoami')).status).toBe(200)
    expect((await browser.query('auth.whoami')).status).toBe(200)
  })

  it('is refused for a wrong password, counted, and recorded', async () => {
    const { browser, user } = await signedUp(server)
    const wrong = 'not the password of anybody'
    for (let count = 0; count < 10; count++)
      expect(reasonOf(await browser.mutate('account.reauthenticate', { password: wrong }))).toBe('INVALID_CREDENTIALS')
    expect(reasonOf(await browser.mutate('account.reauthenticate', { password }))).toBe('TOO_MANY_ATTEMPTS')
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({ kind: 'reauthentication_failed' })
  })

  it('takes the second factor as well, where there is one', async () => {
    const { browser } = await signedUp(server)
    const app = await withAuthenticatorApp(browser, server.clock)
    server.clock.advance(minutes(11))
    expect(await refusalReason(browser.api.account.reauthenticate.mutate({ password }))).toBe('SECOND_FACTOR_REQUIRED')
    const wrong = { kind: 'authenticatorApp' as const, code: '000000' }
    expect(await refusalReason(browser.api.account.reauthenticate.mutate({ password, secondFactor: wrong }))).toBe(
      'CODE_NOT_ACCEPTED',
    )
    expect(reasonOf(await browser.mutate('session.revokeAll'))).toBe('REAUTHENTICATION_REQUIRED')

    const secondFactor = { kind: 'authenticatorApp' as const, code: app.code() }
    await browser.api.account.reauthenticate.mutate({ password, secondFactor })

    expect((await browser.api.auth.whoami.query()).amr).toEqual(['pwd', 'otp', 'mfa'])
    expect((await browser.mutate('session.revokeAll')).status).toBe(200)
  })

  it('is done by a passkey alone, and not by that of somebody else', async () => {
    const authenticator = new Authenticator()
    const mine = await signedUp(server)
    const creation = await mine.browser.api.account.beginPasskey.mutate()
    await mine.browser.api.account.addPasskey.mutate({ response: authenticator.create(creation), name: 'Key' })
    const theirs = await signedUp(server)
    server.clock.advance(minutes(11))

    const foreign = await theirs.browser.api.auth.passkeyOptions.mutate()
    const stolen = theirs.browser.api.account.reauthenticate.mutate({ passkey: authenticator.get(foreign) })
    expect(await refusalReason(stolen)).toBe('INVALID_CREDENTIALS')

    const options = await mine.browser.api.auth.passkeyOptions.mutate()
    await mine.browser.api.account.reauthenticate.mutate({ passkey: authenticator.get(options) })
    expect((await mine.browser.api.auth.whoami.query()).amr).toEqual(['hwk', 'mfa'])
  })

  it('by a bearer shows in its next tokens', async () => {
    const { email } = await signedUp(server)
    const program = server.browser()
    const issued = await program.api.token.issue.mutate({ email, password })
    server.clock.advance(minutes(9))
    const asBearer = (token: string) => ({ authorization: `Bearer ${token}` })
    expect((await program.mutate('account.reauthenticate', { password }, asBearer(issued.accessToken))).status).toBe(
      200,
    )
    server.clock.advance(minutes(5))

    const next = await program.api.token.refresh.mutate({ refreshToken: issued.refreshToken })

    expect((await program.mutate('session.revokeAll', undefined, asBearer(next.accessToken))).status).toBe(200)
  })
})
