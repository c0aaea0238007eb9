import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attempts, mailedLinks, users } from '../../server/database/schema.ts'
import { withAuthenticatorApp } from '../harness/authenticator-app.ts'
import { linkIn, type Mailbox, startMailbox, tokenIn } from '../harness/mailbox.ts'
import { countRows, eventsOf, sessionRow, userRow } from '../harness/rows.ts'
import { signedUpByMail } from '../harness/signed-up-by-mail.ts'
import { reasonOf, refusalReason } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { newEmail, password, signedIn, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
let mailbox: Mailbox
beforeAll(async () => {
  mailbox = await startMailbox()
  server = await startTestServer({ instances: 2, environment: { SMTP_URL: mailbox.url } })
})
afterAll(async () => {
  await server.close()
  await mailbox.close()
})
afterEach(async () => {
  await server.database.orm.delete(attempts)
})

const newPassword = 'entirely different words this time'

async function mailedReset(email: string) {
  mailbox.mails.length = 0
  await server.browser().api.auth.requestPasswordReset.mutate({ email })
  return mailbox.mailTo(email, /Choose a new password/)
}

describe('a forgotten password', () => {
  it('is replaced by a mailed link, which ends every session and every token on every instance', async () => {
    const { browser, email, user, session } = await signedUpByMail(server, mailbox)
    const [, second] = server.instances
    const elsewhere = browser.at(second?.url ?? '')
    const token = tokenIn(await mailedReset(email))

    const reset = await server.browser().api.auth.resetPassword.mutate({ token, newPassword })

    expect(reset).toEqual({ revokedCount: 1 })
    expect(reasonOf(await browser.query('auth.whoami'))).toBe('SESSION_REVOKED')
    await expect.poll(async () => reasonOf(await elsewhere.clone().query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect(await sessionRow(server, session.id)).toMatchObject({ revokedReason: 'password_reset' })
    expect((await userRow(server, user.id)).tokenVersion).toBe(1)
    const signIn = (tried: string) => server.browser().api.auth.signIn.mutate({ email, password: tried })
    expect(await refusalReason(signIn(password))).toBe('INVALID_CREDENTIALS')
    expect((await signIn(newPassword)).status).toBe('signedIn')
    expect((await eventsOf(server, user.id)).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['password_reset_requested', 'password_reset', 'sessions_revoked']),
    )
    expect((await mailbox.mailTo(email, /password was changed/)).html).toContain('<h1')
  })

  it('leads to a page with the token in the fragment, which no server sees', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    const mail = await mailedReset(email)
    const link = linkIn(mail)
    expect(`${link.origin}${link.pathname}${link.search}`).toBe('http://localhost:3000/reset-password')
    expect(link.hash).toMatch(/^#[\w-]{64}$/)
    expect(mail.html).toContain(link.href)
    const stored = JSON.stringify(await server.database.orm.select().from(mailedLinks))
    expect(stored).not.toContain(link.hash.slice(1))
  })

  it('is refused by a link that was used, is over, was made up, or has been superseded by a change of address', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    const attempt = (token: string) => server.browser().mutate('auth.resetPassword', { token, newPassword })

    const used = tokenIn(await mailedReset(email))
    const other = tokenIn(await mailedReset(email))
    expect((await attempt(used)).status).toBe(200)
    expect(reasonOf(await attempt(used))).toBe('LINK_NOT_ACCEPTED')
    // The one that was mailed beside it is withdrawn.
    expect(reasonOf(await attempt(other))).toBe('LINK_NOT_ACCEPTED')

    const over = tokenIn(await mailedReset(email))
    server.clock.advance(minutes(30))
    const before = await countRows(server)
    for (const token of [over, 'x', 'A'.repeat(64), `${over}A`]) {
      const reply = await attempt(token)
      expect([reply.status, reasonOf(reply)]).toEqual([400, 'LINK_NOT_ACCEPTED'])
    }
    expect(await countRows(server)).toEqual(before)
  })

  it('of two who use one link at once, is changed by one', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    const token = tokenIn(await mailedReset(email))
    const attempts = [newPassword, 'other words that nobody would guess'].map((chosen, index) =>
      (server.instances[index] ?? server).browser().mutate('auth.resetPassword', { token, newPassword: chosen }),
    )
    expect((await Promise.all(attempts)).map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('keeps the link when the new password will not do', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    const token = tokenIn(await mailedReset(email))
    const attempt = (chosen: string) => server.browser().mutate('auth.resetPassword', { token, newPassword: chosen })
    const weak = await attempt('passwordpassword')
    expect(weak.body).toMatchObject({
      error: { data: { fields: { newPassword: expect.stringMatching(/repetition/) } } },
    })
    expect((await attempt(newPassword)).status).toBe(200)
  })

  it('does not lead past a second factor', async () => {
    const { browser, email } = await signedUpByMail(server, mailbox)
    await withAuthenticatorApp(browser, server.clock)
    const token = tokenIn(await mailedReset(email))
    const page = server.browser()
    const reply = await page.mutate('auth.resetPassword', { token, newPassword })
    expect(reply.setCookies.some((line) => /^(access|refresh)=/.test(line))).toBe(false)
    expect((await page.api.auth.signIn.mutate({ email, password: newPassword })).status).toBe('secondFactorRequired')
  })

  it('ends the wait that guesses have caused, and makes this browser one that is known', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    for (let count = 0; count < 11; count++)
      await server.browser().mutate('auth.signIn', { email, password: 'not the password of anybody' })
    const token = tokenIn(await mailedReset(email))
    const page = server.browser()
    await page.api.auth.resetPassword.mutate({ token, newPassword })
    expect((await page.api.auth.signIn.mutate({ email, password: newPassword })).status).toBe('signedIn')
  })

  it('of a suspended account stays what it was', async () => {
    const { email, user } = await signedUpByMail(server, mailbox)
    const token = tokenIn(await mailedReset(email))
    await server.database.orm.update(users).set({ suspendedAt: new Date() }).where(eq(users.id, user.id))
    expect(reasonOf(await server.browser().mutate('auth.resetPassword', { token, newPassword }))).toBe(
      'LINK_NOT_ACCEPTED',
    )
  })
})

describe('asking for a link', () => {
  it('answers and writes the same whether anybody has the address or not, and mails nobody who has not', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    const unknown = newEmail()
    const ask = async (address: string) => {
      const before = await server.database.orm.$count(mailedLinks)
      const reply = await server.browser().mutate('auth.requestPasswordReset', { email: address })
      const links = (await server.database.orm.$count(mailedLinks)) - before
      const headers = [...reply.headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
      return { status: reply.status, body: reply.body, headers, setCookies: reply.setCookies, links }
    }
    expect(await ask(unknown)).toEqual(await ask(email))
    await mailbox.mailTo(email, /Choose a new password/)
    expect(mailbox.mails.filter(({ to }) => to === unknown)).toEqual([])
  })

  it('is counted per address, known or not: five an hour', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    await server.database.orm.delete(attempts)
    for (const address of [email, newEmail()]) {
      const ask = () => server.browser().mutate('auth.requestPasswordReset', { email: address })
      for (let count = 0; count < 5; count++) expect((await ask()).status).toBe(200)
      expect((await ask()).status).toBe(429)
    }
  })
})

it('a device signed in meanwhile is ended as well', async () => {
  const { email } = await signedUpByMail(server, mailbox)
  const token = tokenIn(await mailedReset(email))
  const phone = await signedIn(server, email)
  await server.browser().api.auth.resetPassword.mutate({ token, newPassword })
  expect(reasonOf(await phone.browser.query('auth.whoami'))).toBe('SESSION_REVOKED')
})
