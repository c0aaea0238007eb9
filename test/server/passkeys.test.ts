import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attempts, passkeys } from '../../server/database/schema.ts'
import { Authenticator } from '../harness/authenticator.ts'
import { completed } from '../harness/completed.ts'
import { eventsOf } from '../harness/rows.ts'
import { reasonOf, refusalReason, type TestBrowser } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
afterEach(async () => {
  await server.database.orm.delete(attempts)
})

/** Gives whoever is signed in a passkey. */
async function addPasskey(browser: TestBrowser, authenticator: Authenticator, name = 'My key') {
  const options = await browser.api.account.beginPasskey.mutate()
  return browser.api.account.addPasskey.mutate({ response: authenticator.create(options), name })
}

async function personWithPasskey(authenticator = new Authenticator()) {
  const person = await signedUp(server)
  const added = await addPasskey(person.browser, authenticator)
  return { ...person, authenticator, ...added }
}

describe('a new passkey', () => {
  it('is kept under its name, and comes with recovery codes when it is the first factor', async () => {
    const { browser, passkey, recoveryCodes } = await personWithPasskey()

    expect(passkey).toMatchObject({ name: 'My key', synced: false, lastUsedAt: null })
    expect(recoveryCodes).toHaveLength(10)
    const second = await addPasskey(browser, new Authenticator({ synced: true }), 'Phone')
    expect(second).toMatchObject({ passkey: { name: 'Phone', synced: true }, recoveryCodes: null })
    expect((await browser.api.account.credentials.query())?.passkeys.map(({ name }) => name)).toEqual([
      'My key',
      'Phone',
    ])
  })

  it('asks the browser to leave out authenticators that hold one already, and to check who uses it', async () => {
    const { browser } = await personWithPasskey()
    const options = await browser.api.account.beginPasskey.mutate()
    expect(options.excludeCredentials).toHaveLength(1)
    expect(options.authenticatorSelection).toMatchObject({ residentKey: 'required', userVerification: 'required' })
    expect(options.rp.id).toBe('localhost')
  })

  it.each<[string, Parameters<Authenticator['create']>[1]]>([
    ['made for another origin', { origin: 'https://evil.example' }],
    ['made for another host', { rpId: 'evil.example' }],
    ['whose owner was not checked', { verified: false }],
  ])('%s is refused', async (_what, changes) => {
    const { browser } = await signedUp(server)
    const options = await browser.api.account.beginPasskey.mutate()
    const response = new Authenticator().create(options, changes)
    const before = await server.database.orm.$count(passkeys)

    expect(await refusalReason(browser.api.account.addPasskey.mutate({ response, name: 'Key' }))).toBe(
      'CODE_NOT_ACCEPTED',
    )
    expect(await server.database.orm.$count(passkeys)).toBe(before)
  })

  it('answers its challenge once', async () => {
    const { browser } = await signedUp(server)
    const options = await browser.api.account.beginPasskey.mutate()
    const cookie = browser.lasting.get('challenge') ?? ''
    await browser.api.account.addPasskey.mutate({ response: new Authenticator().create(options), name: 'One' })
    browser.lasting.set('challenge', cookie)
    const again = browser.api.account.addPasskey.mutate({ response: new Authenticator().create(options), name: 'Two' })

    expect(await refusalReason(again)).toBe('CODE_NOT_ACCEPTED')
  })

  it('cannot be one that another account has', async () => {
    const { authenticator } = await personWithPasskey()
    const other = await signedUp(server)
    const options = await other.browser.api.account.beginPasskey.mutate()
    const response = authenticator.create(options)

    expect(await refusalReason(other.browser.api.account.addPasskey.mutate({ response, name: 'Mine' }))).toBe(
      'CODE_NOT_ACCEPTED',
    )
  })
})

describe('signing in with a passkey', () => {
  it('takes nothing else, and says that both factors were used', async () => {
    const { authenticator, user } = await personWithPasskey()
    const browser = server.browser()
    const options = await browser.api.auth.passkeyOptions.mutate()
    const signedIn = completed(
      await browser.api.auth.signInWithPasskey.mutate({ response: authenticator.get(options), deviceName: 'Kiosk' }),
    )

    expect(signedIn).toMatchObject({ user: { id: user.id }, session: { name: 'Kiosk', amr: ['hwk', 'mfa'] } })
    expect((await browser.api.account.credentials.query())?.passkeys[0]?.lastUsedAt).toEqual(expect.any(String))
  })

  it('tells a synced passkey from one that its hardware keeps, and needs no counter of it', async () => {
    const { authenticator } = await personWithPasskey(new Authenticator({ synced: true }))
    for (let count = 0; count < 2; count++) {
      const browser = server.browser()
      const options = await browser.api.auth.passkeyOptions.mutate()
      const response = authenticator.get(options)
      expect(completed(await browser.api.auth.signInWithPasskey.mutate({ response })).session.amr).toEqual([
        'swk',
        'mfa',
      ])
    }
  })

  it('stands in for the code when the password was typed first', async () => {
    const { authenticator, email } = await personWithPasskey()
    const browser = server.browser()
    expect(await browser.api.auth.signIn.mutate({ email, password })).toEqual({
      status: 'secondFactorRequired',
      factors: ['passkey', 'recoveryCode'],
    })
    const options = await browser.api.auth.passkeyOptions.mutate()
    const response = authenticator.get(options)
    expect((await browser.api.auth.signInWithPasskey.mutate({ response })).status).toBe('signedIn')
  })

  it.each<[string, Parameters<Authenticator['get']>[1]]>([
    ['signed for another origin', { origin: 'https://evil.example' }],
    ['signed for another host', { rpId: 'evil.example' }],
    ['whose owner was not checked', { verified: false }],
    ['with a counter that has been seen', { counter: 1 }],
  ])('is refused when the answer is one %s', async (_what, changes) => {
    const { authenticator } = await personWithPasskey()
    const browser = server.browser()
    const options = await browser.api.auth.passkeyOptions.mutate()
    const response = authenticator.get(options, changes)

    const reply = await browser.mutate('auth.signInWithPasskey', { response })

    expect(reasonOf(reply)).toBe('INVALID_CREDENTIALS')
    expect(reply.setCookies.filter((line) => /^(access|refresh)=/.test(line))).toEqual([])
  })

  it('is refused to a copied authenticator, and the owner can read of it', async () => {
    const { authenticator, user } = await personWithPasskey()
    const use = async (counter: number) => {
      const browser = server.browser()
      const options = await browser.api.auth.passkeyOptions.mutate()
      return browser.mutate('auth.signInWithPasskey', { response: authenticator.get(options, { counter }) })
    }
    expect((await use(10)).status).toBe(200)
    expect((await use(7)).status).toBe(401)
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({ kind: 'sign_in_failed', reason: 'counter' })
  })

  it('is refused for another challenge, twice, too late, from another browser, and for a passkey that is gone', async () => {
    const { authenticator, browser: owner, passkey } = await personWithPasskey()
    const attempt = (browser: TestBrowser, response: ReturnType<Authenticator['get']>) =>
      browser.mutate('auth.signInWithPasskey', { response })

    const other = server.browser()
    const foreign = await server.browser().api.auth.passkeyOptions.mutate()
    await other.api.auth.passkeyOptions.mutate()
    expect(reasonOf(await attempt(other, authenticator.get(foreign)))).toBe('INVALID_CREDENTIALS')

    const twice = server.browser()
    const options = await twice.api.auth.passkeyOptions.mutate()
    const cookie = twice.lasting.get('challenge') ?? ''
    const response = authenticator.get(options)
    expect((await attempt(twice, response)).status).toBe(200)
    twice.lasting.set('challenge', cookie)
    expect(reasonOf(await attempt(twice, response))).toBe('INVALID_CREDENTIALS')
    expect(reasonOf(await attempt(server.browser(), response))).toBe('INVALID_CREDENTIALS')

    const late = server.browser()
    const expired = await late.api.auth.passkeyOptions.mutate()
    server.clock.advance(minutes(5))
    expect(reasonOf(await attempt(late, authenticator.get(expired)))).toBe('INVALID_CREDENTIALS')

    await owner.api.account.removePasskey.mutate({ passkeyId: passkey.id })
    const gone = server.browser()
    const last = await gone.api.auth.passkeyOptions.mutate()
    expect(reasonOf(await attempt(gone, authenticator.get(last)))).toBe('INVALID_CREDENTIALS')
  })
})

describe('the passkeys of one person', () => {
  it('can be renamed and removed by nobody else', async () => {
    const mine = await personWithPasskey()
    const theirs = await signedUp(server)
    const passkeyId = mine.passkey.id

    expect(reasonOf(await theirs.browser.mutate('account.renamePasskey', { passkeyId, name: 'Yours' }))).toBe(
      'NOT_FOUND',
    )
    expect(reasonOf(await theirs.browser.mutate('account.removePasskey', { passkeyId }))).toBe('NOT_FOUND')
    const renamed = await mine.browser.api.account.renamePasskey.mutate({ passkeyId, name: 'Desk' })
    expect(renamed.passkey.name).toBe('Desk')
    await mine.browser.api.account.removePasskey.mutate({ passkeyId })
    expect(await mine.browser.api.account.credentials.query()).toMatchObject({ passkeys: [], recoveryCodesLeft: 0 })
    expect((await server.browser().api.auth.signIn.mutate({ email: mine.email, password })).status).toBe('signedIn')
  })

  it('are twenty at most', async () => {
    const { browser } = await personWithPasskey()
    for (let count = 1; count < 20; count++) await addPasskey(browser, new Authenticator())
    expect(await refusalReason(addPasskey(browser, new Authenticator()))).toBe('INVALID_INPUT')
  })
})
