import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { countAttempt } from '../../server/database/attempts.ts'
import { attempts } from '../../server/database/schema.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { eventsOf } from '../harness/rows.ts'
import { type Reply, reasonOf } from '../harness/test-browser.ts'
import { days, minutes } from '../harness/test-clock.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1/32' } })
})
beforeEach(async () => {
  await server.database.orm.delete(attempts)
})
afterAll(() => server.close())

let strangers = 0
/** A guess by somebody in a network of their own. */
function guess(email: string, guessed = 'not the password of anybody'): Promise<Reply> {
  strangers++
  const from = `10.${strangers >> 8}.${strangers & 255}.7`
  return server.browser({ headers: { 'x-forwarded-for': from } }).mutate('auth.signIn', { email, password: guessed })
}

/** As many guesses as it takes until one has to wait; answers how long, in minutes. */
async function guessUntilRefused(email: string): Promise<number> {
  for (let count = 0; count < 20; count++) {
    const reply = await guess(email)
    if (reply.status === 429) return Number(reply.headers.get('retry-after')) / 60
  }
  throw new Error('Nobody had to wait')
}

describe('whoever keeps guessing at an account', () => {
  it('waits twice as long the next time', async () => {
    const { email } = await signedUp(server)
    expect(await guessUntilRefused(email)).toBe(15)
    server.clock.advance(minutes(15))
    expect(await guessUntilRefused(email)).toBe(30)
  })

  it('waits up to sixteen hours, and a quarter of an hour again after a day of peace', async () => {
    const limit = { name: 'sign-in account', attempts: 10, windowSeconds: 900, grows: true }
    const attempt = () => countAttempt(server.database.orm, server.clock, { limit, subject: 'somebody' })
    const waitAfterRound = async () => {
      for (let count = 0; count < 10; count++) expect((await attempt()).kind).toBe('allowed')
      const refused = await attempt()
      return refused.kind === 'refused' ? refused.retryAfterSeconds / 60 : 0
    }
    const waits: number[] = []
    for (let round = 0; round < 8; round++) {
      waits.push(await waitAfterRound())
      server.clock.advance(minutes(waits.at(-1) ?? 0))
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 960, 960])
    server.clock.advance(days(1))
    expect(await waitAfterRound()).toBe(15)
  })

  it('is told nothing about whether there is one: an unknown address waits the same', async () => {
    const { email } = await signedUp(server)
    expect(await guessUntilRefused(newEmail())).toBe(await guessUntilRefused(email))
  })

  it('is told of to the owner, once a round, in their activity and by mail', async () => {
    const { email, user } = await signedUp(server)
    await guessUntilRefused(email)
    await guess(email)
    const told = async () =>
      (await eventsOf(server, user.id)).filter(({ kind }) => kind === 'sign_ins_throttled').length
    expect(await told()).toBe(1)
    const mails = () => server.mails.filter(({ to, subject }) => to === email && /guessing/.test(subject)).length
    await expect.poll(mails).toBe(1)
  })
})

describe('the owner of an account that is being guessed at', () => {
  it('keeps getting in from a browser in which they signed in before', async () => {
    const { browser, email } = await signedUp(server)
    await browser.api.auth.signOut.mutate()
    await guessUntilRefused(email)
    server.clock.advance(minutes(6))

    expect((await browser.api.auth.signIn.mutate({ email, password })).status).toBe('signedIn')
    // Somewhere else they have to wait like everybody.
    expect(reasonOf(await guess(email, password))).toBe('TOO_MANY_ATTEMPTS')
  })

  it('has ten guesses of their own there, and no stranger profits from them', async () => {
    const { browser, email } = await signedUp(server)
    await browser.api.auth.signOut.mutate()
    const slip = () => browser.mutate('auth.signIn', { email, password: 'not the password of anybody' })
    for (let count = 0; count < 10; count++) expect((await slip()).status).toBe(401)
    expect((await slip()).status).toBe(429)
    expect((await guess(email)).status).toBe(401)
  })

  it('is known by a cookie that opens nothing, fits one account, and cannot be made up', async () => {
    const { browser, email } = await signedUp(server)
    const other = await signedUp(server)
    const [name = '', text = ''] = [...browser.lasting].find(([key]) => key === 'known') ?? []
    const stranger = server.browser()
    stranger.lasting.set(name, text)
    expect(reasonOf(await stranger.query('auth.whoami'))).toBe('NOT_SIGNED_IN')

    await guessUntilRefused(email)
    await guessUntilRefused(other.email)
    const withCookie = (cookie: string, address: string) => {
      const page = server.browser()
      page.lasting.set(name, cookie)
      return page.mutate('auth.signIn', { email: address, password })
    }
    expect((await withCookie(text, other.email)).status).toBe(429)
    const bent = `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
    for (const cookie of [bent, '', 'A'.repeat(43), 'x', `${text}A`])
      expect((await withCookie(cookie, email)).status).toBe(429)
    expect((await withCookie(text, email)).status).toBe(200)
  })

  it('is let in when an administrator lifts the wait, which is on record and told', async () => {
    const { email, user } = await signedUp(server)
    const admin = await signedInAdministrator(server)
    await guessUntilRefused(email)
    expect((await guess(email, password)).status).toBe(429)

    const lifted = await admin.browser.api.admin.liftLimits.mutate({ userId: user.id, reason: 'They called' })

    expect(lifted).toEqual({ changed: true })
    expect((await guess(email, password)).status).toBe(200)
    const [entry] = (await admin.browser.api.admin.audit.query({})).events
    expect(entry).toMatchObject({ action: 'sign_in_limits_lifted', reason: 'They called' })
    await expect
      .poll(() => server.mails.some(({ to, text }) => to === email && /lifted the wait/.test(text)))
      .toBe(true)
    const outsider = await signedUp(server)
    const refused = await outsider.browser.mutate('admin.liftLimits', { userId: user.id, reason: 'Please' })
    expect(refused.status).toBe(404)
  })

  it('is known after a rotation of SECRET', async () => {
    const { browser, email } = await signedUp(server)
    await guessUntilRefused(email)
    const instance = await server.addInstance({
      SECRET: `another secret that is only good for tests and longer,${server.config.secrets.join(',')}`,
    })
    expect((await browser.at(instance.url).api.auth.signIn.mutate({ email, password })).status).toBe('signedIn')
  })
})
