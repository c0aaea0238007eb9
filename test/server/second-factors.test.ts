import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attempts, authenticatorApps, challenges, recoveryCodes } from '../../server/database/schema.ts'
import { codeAt, withAuthenticatorApp } from '../harness/authenticator-app.ts'
import { completed } from '../harness/completed.ts'
import { eventsOf } from '../harness/rows.ts'
import { reasonOf, refusalReason } from '../harness/test-browser.ts'
import { minutes, seconds } from '../harness/test-clock.ts'
import { password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
afterEach(async () => {
  await server.database.orm.delete(attempts)
})

/** A person with an authenticator app whose next code is good. */
async function protectedPerson() {
  const person = await signedUp(server)
  const app = await withAuthenticatorApp(person.browser, server.clock)
  server.clock.advance(seconds(30))
  return { ...person, ...app }
}

/** A browser that knows the password, and is asked for more. */
async function halfSignedIn(email: string) {
  const browser = server.browser()
  await browser.api.auth.signIn.mutate({ email, password })
  return browser
}

describe('an authenticator app', () => {
  it('counts once a code of it has been confirmed, and comes with ten recovery codes', async () => {
    const { browser, email } = await signedUp(server)
    const { secret, uri } = await browser.api.account.beginAuthenticatorApp.mutate()
    expect(uri).toContain(`secret=${secret}`)
    expect((await server.browser().api.auth.signIn.mutate({ email, password })).status).toBe('signedIn')

    const wrong = browser.mutate('account.confirmAuthenticatorApp', { code: '000000' })
    expect(reasonOf(await wrong)).toBe('CODE_NOT_ACCEPTED')
    const code = codeAt(secret, server.clock.now())
    const confirmed = await browser.api.account.confirmAuthenticatorApp.mutate({ code })

    expect(confirmed.recoveryCodes).toHaveLength(10)
    expect(await server.browser().api.auth.signIn.mutate({ email, password })).toEqual({
      status: 'secondFactorRequired',
      factors: ['authenticatorApp', 'recoveryCode'],
    })
    expect(await browser.api.account.credentials.query()).toMatchObject({
      authenticatorApp: { createdAt: expect.any(String) },
      recoveryCodesLeft: 10,
    })
  })

  it('is kept sealed, and its recovery codes hashed', async () => {
    const { secret, recoveryCodes: codes } = await protectedPerson()
    const rows = JSON.stringify([
      await server.database.orm.select().from(authenticatorApps),
      await server.database.orm.select().from(recoveryCodes),
    ])
    for (const text of [secret, ...codes]) expect(rows).not.toContain(text)
  })

  it('is not set up twice', async () => {
    const { browser } = await protectedPerson()
    expect(reasonOf(await browser.mutate('account.beginAuthenticatorApp'))).toBe('INVALID_INPUT')
  })

  it('can be removed, with the recovery codes that stood in for it', async () => {
    const { browser, email } = await protectedPerson()
    await browser.api.account.removeAuthenticatorApp.mutate()

    expect((await server.browser().api.auth.signIn.mutate({ email, password })).status).toBe('signedIn')
    expect(await browser.api.account.credentials.query()).toMatchObject({
      authenticatorApp: null,
      recoveryCodesLeft: 0,
    })
    expect(reasonOf(await browser.mutate('account.removeAuthenticatorApp'))).toBe('NOT_FOUND')
    expect(reasonOf(await browser.mutate('account.replaceRecoveryCodes'))).toBe('NOT_FOUND')
  })

  it('is told of by mail when it comes and when it goes', async () => {
    const { browser, email } = await protectedPerson()
    await browser.api.account.removeAuthenticatorApp.mutate()
    const subjects = () => server.mails.filter(({ to }) => to === email).map(({ subject }) => subject)
    await expect.poll(subjects).toContain('An authenticator app was added')
    await expect.poll(subjects).toContain('An authenticator app was removed')
  })
})

describe('a sign-in with a second factor', () => {
  it('sets no session until the code has come, and then says by which methods', async () => {
    const { email, code } = await protectedPerson()
    const browser = server.browser()

    const half = await browser.mutate('auth.signIn', { email, password })
    expect(half.setCookies).toEqual([
      expect.stringMatching(/^challenge=[\w-]{64}; Max-Age=300; Path=\/; HttpOnly; SameSite=Strict$/),
    ])
    expect(reasonOf(await browser.query('auth.whoami'))).toBe('NOT_SIGNED_IN')
    const whole = completed(await browser.api.auth.secondFactor.mutate({ kind: 'authenticatorApp', code: code() }))

    expect(whole.session.amr).toEqual(['pwd', 'otp', 'mfa'])
    expect((await browser.api.auth.whoami.query()).amr).toEqual(['pwd', 'otp', 'mfa'])
    expect(browser.lasting.has('challenge')).toBe(false)
  })

  it('accepts a code once: neither again nor an older one', async () => {
    const { email, secret, code } = await protectedPerson()
    const spent = code()
    const first = await halfSignedIn(email)
    await first.api.auth.secondFactor.mutate({ kind: 'authenticatorApp', code: spent })

    const second = await halfSignedIn(email)
    const older = codeAt(secret, server.clock.now() - seconds(30))
    for (const typed of [spent, older])
      expect(reasonOf(await second.mutate('auth.secondFactor', { kind: 'authenticatorApp', code: typed }))).toBe(
        'CODE_NOT_ACCEPTED',
      )
    server.clock.advance(seconds(30))
    expect((await second.api.auth.secondFactor.mutate({ kind: 'authenticatorApp', code: code() })).status).toBe(
      'signedIn',
    )
  })

  it('of one code presented twice at once, accepts one', async () => {
    const { email, code } = await protectedPerson()
    const browsers = [await halfSignedIn(email), await halfSignedIn(email)]

    const replies = await Promise.all(
      browsers.map((browser) => browser.mutate('auth.secondFactor', { kind: 'authenticatorApp', code: code() })),
    )

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  it('accepts the codes of one step before and after, and none further away', async () => {
    const { email, secret } = await protectedPerson()
    const attempt = async (drift: number) => {
      const browser = await halfSignedIn(email)
      const typed = codeAt(secret, server.clock.now() + drift)
      return (await browser.mutate('auth.secondFactor', { kind: 'authenticatorApp', code: typed })).status
    }
    server.clock.advance(minutes(5))
    expect(await attempt(-seconds(60))).toBe(401)
    expect(await attempt(seconds(60))).toBe(401)
    expect(await attempt(-seconds(30))).toBe(200)
    expect(await attempt(seconds(30))).toBe(200)
  })

  it('is over after five minutes, and of no use to another browser', async () => {
    const { email, code } = await protectedPerson()
    const browser = await halfSignedIn(email)
    const stranger = server.browser()
    const typed = { kind: 'authenticatorApp' as const, code: code() }
    expect(await refusalReason(stranger.api.auth.secondFactor.mutate(typed))).toBe('NOT_SIGNED_IN')

    server.clock.advance(minutes(5))

    expect(await refusalReason(browser.api.auth.secondFactor.mutate({ ...typed, code: code() }))).toBe('NOT_SIGNED_IN')
  })

  it('does not outlive a change of what was proven', async () => {
    const { browser, email, code } = await protectedPerson()
    const half = await halfSignedIn(email)
    await browser.api.session.revokeAll.mutate()

    const late = half.api.auth.secondFactor.mutate({ kind: 'authenticatorApp', code: code() })

    expect(await refusalReason(late)).toBe('INVALID_CREDENTIALS')
  })

  it('cannot be guessed: five codes, then a wait that grows, while a browser that is known goes on', async () => {
    const { browser: known, email, code, user } = await protectedPerson()
    const thief = await halfSignedIn(email)
    const guess = () => thief.mutate('auth.secondFactor', { kind: 'authenticatorApp', code: '123456' })
    for (let count = 0; count < 5; count++) expect(reasonOf(await guess())).toBe('CODE_NOT_ACCEPTED')
    expect(reasonOf(await guess())).toBe('TOO_MANY_ATTEMPTS')
    // Another password proof does not open another round of guesses.
    const again = await halfSignedIn(email)
    expect(reasonOf(await again.mutate('auth.secondFactor', { kind: 'authenticatorApp', code: '123456' }))).toBe(
      'TOO_MANY_ATTEMPTS',
    )

    await known.api.auth.signOut.mutate()
    await known.api.auth.signIn.mutate({ email, password })
    const mine = await known.api.auth.secondFactor.mutate({ kind: 'authenticatorApp', code: code() })

    expect(mine.status).toBe('signedIn')
    expect((await eventsOf(server, user.id)).map(({ kind }) => kind)).toContain('second_factor_failed')
  })

  it('leaves no challenge behind', async () => {
    const { email, code } = await protectedPerson()
    await server.database.orm.delete(challenges)
    const browser = await halfSignedIn(email)
    await browser.api.auth.secondFactor.mutate({ kind: 'authenticatorApp', code: code() })
    expect(await server.database.orm.$count(challenges)).toBe(0)
  })
})

describe('a recovery code', () => {
  it('opens the account once, however it is written, and is told of', async () => {
    const { email, user, recoveryCodes: codes } = await protectedPerson()
    const [first = '', second = ''] = codes
    const typed = first.toLowerCase().replaceAll('-', ' ')
    const browser = await halfSignedIn(email)
    await browser.api.auth.secondFactor.mutate({ kind: 'recoveryCode', code: typed })

    expect((await browser.api.auth.whoami.query()).amr).toEqual(['pwd', 'recovery', 'mfa'])
    expect(await browser.api.account.credentials.query()).toMatchObject({ recoveryCodesLeft: 9 })
    const again = await halfSignedIn(email)
    expect(reasonOf(await again.mutate('auth.secondFactor', { kind: 'recoveryCode', code: first }))).toBe(
      'CODE_NOT_ACCEPTED',
    )
    expect((await again.api.auth.secondFactor.mutate({ kind: 'recoveryCode', code: second })).status).toBe('signedIn')
    expect((await eventsOf(server, user.id)).map(({ kind }) => kind)).toContain('recovery_code_used')
    await expect
      .poll(() => server.mails.filter(({ to }) => to === email).map(({ subject }) => subject))
      .toContain('A recovery code was used')
  })

  it('of somebody else opens nothing', async () => {
    const mine = await protectedPerson()
    const theirs = await protectedPerson()
    const browser = await halfSignedIn(mine.email)
    const code = theirs.recoveryCodes[0] ?? ''
    expect(reasonOf(await browser.mutate('auth.secondFactor', { kind: 'recoveryCode', code }))).toBe(
      'CODE_NOT_ACCEPTED',
    )
    expect(await theirs.browser.api.account.credentials.query()).toMatchObject({ recoveryCodesLeft: 10 })
  })

  it('is void when a new set has been made', async () => {
    const { browser, email, recoveryCodes: codes } = await protectedPerson()
    const renewed = await browser.api.account.replaceRecoveryCodes.mutate()
    const other = await halfSignedIn(email)

    const old = { kind: 'recoveryCode' as const, code: codes[0] ?? '' }
    expect(await refusalReason(other.api.auth.secondFactor.mutate(old))).toBe('CODE_NOT_ACCEPTED')
    const fresh = { kind: 'recoveryCode' as const, code: renewed.recoveryCodes[0] ?? '' }
    expect((await other.api.auth.secondFactor.mutate(fresh)).status).toBe('signedIn')
  })
})

describe('a program with the password of a protected account', () => {
  it('needs a code as well, in the same call', async () => {
    const { email, code } = await protectedPerson()
    const program = server.browser()
    expect(await refusalReason(program.api.token.issue.mutate({ email, password }))).toBe('SECOND_FACTOR_REQUIRED')
    const wrong = { kind: 'authenticatorApp' as const, code: '000000' }
    expect(await refusalReason(program.api.token.issue.mutate({ email, password, secondFactor: wrong }))).toBe(
      'CODE_NOT_ACCEPTED',
    )

    const right = { kind: 'authenticatorApp' as const, code: code() }
    const issued = await program.api.token.issue.mutate({ email, password, secondFactor: right })

    expect(issued.session.amr).toEqual(['pwd', 'otp', 'mfa'])
  })

  it('shares the limits of a sign-in', async () => {
    const { email } = await protectedPerson()
    const program = server.browser()
    const secondFactor = { kind: 'authenticatorApp' as const, code: '000000' }
    const guess = () => program.mutate('token.issue', { email, password, secondFactor })
    for (let count = 0; count < 5; count++) expect(reasonOf(await guess())).toBe('CODE_NOT_ACCEPTED')
    expect(reasonOf(await guess())).toBe('TOO_MANY_ATTEMPTS')
    const page = await halfSignedIn(email)
    expect(reasonOf(await page.mutate('auth.secondFactor', secondFactor))).toBe('TOO_MANY_ATTEMPTS')
  })
})

it('survives a rotation of SECRET: an app that was sealed under the old one is sealed again', async () => {
  const { email, code } = await protectedPerson()
  const rotated = 'another secret that is only good for tests and longer'
  const [before] = await server.database.orm.select().from(authenticatorApps)

  await server.addInstance({ SECRET: `${rotated},${server.config.secrets.join(',')}` })
  const instance = await server.addInstance({ SECRET: rotated })
  const [after] = await server.database.orm.select().from(authenticatorApps)
  expect(after?.sealedSecret).not.toEqual(before?.sealedSecret)

  const browser = instance.browser()
  await browser.api.auth.signIn.mutate({ email, password })
  expect((await browser.api.auth.secondFactor.mutate({ kind: 'authenticatorApp', code: code() })).status).toBe(
    'signedIn',
  )
  server.takeErrors()
})
