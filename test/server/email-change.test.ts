import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attempts } from '../../server/database/schema.ts'
import { type Mailbox, startMailbox, tokenIn } from '../harness/mailbox.ts'
import { eventsOf, userRow } from '../harness/rows.ts'
import { signedUpByMail } from '../harness/signed-up-by-mail.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { hours } from '../harness/test-clock.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
let mailbox: Mailbox
beforeAll(async () => {
  mailbox = await startMailbox()
  server = await startTestServer({ environment: { SMTP_URL: mailbox.url } })
})
afterAll(async () => {
  await server.close()
  await mailbox.close()
})
afterEach(async () => {
  await server.database.orm.delete(attempts)
})

const confirm = (token: string) => server.browser().mutate('auth.confirmEmail', { token })
const dataOf = (reply: { body: unknown }) => (reply.body as { result?: { data: unknown } }).result?.data

async function requestedChange() {
  const person = await signedUpByMail(server, mailbox)
  const newAddress = newEmail()
  await person.browser.api.account.changeEmail.mutate({ newEmail: newAddress })
  const leave = tokenIn(await mailbox.mailTo(person.email, /Confirm the change/))
  const take = tokenIn(await mailbox.mailTo(newAddress, /Confirm your new address/))
  return { ...person, newAddress, leave, take }
}

describe('a change of address', () => {
  it.each([
    ['the old address first', true],
    ['the new address first', false],
  ])('is made when both links have been used, %s', async (_order, oldFirst) => {
    const { browser, email, user, newAddress, leave, take } = await requestedChange()
    expect((await browser.api.account.credentials.query())?.pendingEmail).toBe(newAddress)
    const [first, second] = oldFirst ? [leave, take] : [take, leave]

    expect(dataOf(await confirm(first))).toEqual({ status: 'waiting', email: null })
    expect((await userRow(server, user.id)).email).toBe(email)
    expect(dataOf(await confirm(second))).toEqual({ status: 'confirmed', email: newAddress })

    expect(await userRow(server, user.id)).toMatchObject({ email: newAddress, emailVerifiedAt: expect.any(Date) })
    expect((await browser.api.account.credentials.query())?.pendingEmail).toBeNull()
    expect((await server.browser().api.auth.signIn.mutate({ email: newAddress, password })).status).toBe('signedIn')
    expect(reasonOf(await server.browser().mutate('auth.signIn', { email, password }))).toBe('INVALID_CREDENTIALS')
    expect((await mailbox.mailTo(email, /Your address was changed/)).text).toContain(newAddress)
    expect((await eventsOf(server, user.id)).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['email_change_requested', 'email_changed']),
    )
    expect(reasonOf(await confirm(second))).toBe('LINK_NOT_ACCEPTED')
  })

  it('is made once when both links are used at the same moment', async () => {
    const { user, newAddress, leave, take } = await requestedChange()
    const statuses = (await Promise.all([confirm(leave), confirm(take)])).map(
      (reply) => (dataOf(reply) as { status: string }).status,
    )
    expect(statuses.sort()).toEqual(['confirmed', 'waiting'])
    expect((await userRow(server, user.id)).email).toBe(newAddress)
  })

  it('withdraws links for a new password that wait in the old mailbox', async () => {
    const { email, leave, take } = await requestedChange()
    await server.browser().api.auth.requestPasswordReset.mutate({ email })
    const reset = tokenIn(await mailbox.mailTo(email, /Choose a new password/))
    await confirm(leave)
    await confirm(take)
    const reply = await server
      .browser()
      .mutate('auth.resetPassword', { token: reset, newPassword: 'words nobody would guess' })
    expect(reasonOf(reply)).toBe('LINK_NOT_ACCEPTED')
  })

  it('to an address that somebody has says nothing of it, and goes nowhere', async () => {
    const other = await signedUpByMail(server, mailbox)
    const { browser, email, user } = await signedUpByMail(server, mailbox)
    expect(dataOf(await browser.mutate('account.changeEmail', { newEmail: other.email }))).toEqual({})
    await mailbox.mailTo(other.email, /already have an account/)
    const leave = tokenIn(await mailbox.mailTo(email, /Confirm the change/))
    expect(dataOf(await confirm(leave))).toEqual({ status: 'waiting', email: null })
    expect((await userRow(server, user.id)).email).toBe(email)
  })

  it('is refused when the address has been taken meanwhile, and the link stays', async () => {
    const { user, email, newAddress, leave, take } = await requestedChange()
    await confirm(leave)
    mailbox.mails.length = 0
    await server.browser().api.auth.signUp.mutate({ email: newAddress, password })
    const signUp = tokenIn(await mailbox.mailTo(newAddress, /Confirm your address/))
    await server.browser().api.auth.confirmSignUp.mutate({ token: signUp })
    expect(reasonOf(await confirm(take))).toBe('LINK_NOT_ACCEPTED')
    expect((await userRow(server, user.id)).email).toBe(email)
  })

  it('gives way to a later one, and is over after a day', async () => {
    const { browser, user, email, leave, take } = await requestedChange()
    const later = newEmail()
    await browser.api.account.changeEmail.mutate({ newEmail: later })
    for (const token of [leave, take]) expect(reasonOf(await confirm(token))).toBe('LINK_NOT_ACCEPTED')
    const taken = tokenIn(await mailbox.mailTo(later))
    server.clock.advance(hours(24))
    expect(reasonOf(await confirm(taken))).toBe('LINK_NOT_ACCEPTED')
    expect((await userRow(server, user.id)).email).toBe(email)
  })

  it('to the present address is none', async () => {
    const { browser, email } = await signedUpByMail(server, mailbox)
    expect(reasonOf(await browser.mutate('account.changeEmail', { newEmail: email.toUpperCase() }))).toBe(
      'INVALID_INPUT',
    )
  })
})

describe('an address that was never confirmed', () => {
  it('is confirmed by a link that can be asked for', async () => {
    const plain = await startTestServer()
    const { browser, email } = await signedUp(plain)
    await expect.poll(() => plain.mails.some(({ to, subject }) => to === email && /Confirm/.test(subject))).toBe(true)
    expect(await browser.api.account.sendConfirmation.mutate()).toEqual({ sent: true })
    await expect.poll(() => plain.mails.filter(({ to }) => to === email).length).toBe(2)
    const token = tokenIn(plain.mails.findLast(({ to }) => to === email) ?? { text: '' })

    expect(await browser.api.auth.confirmEmail.mutate({ token })).toEqual({ status: 'confirmed', email })

    expect((await browser.api.auth.current.query())?.user.emailVerified).toBe(true)
    expect(await browser.api.account.sendConfirmation.mutate()).toEqual({ sent: false })
    await plain.close()
  })
})
