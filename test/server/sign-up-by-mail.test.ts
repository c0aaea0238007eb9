import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attempts, mailedLinks, outgoingMails, users } from '../../server/database/schema.ts'
import { type Mailbox, startMailbox, tokenIn } from '../harness/mailbox.ts'
import { signedUpByMail } from '../harness/signed-up-by-mail.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { hours } from '../harness/test-clock.ts'
import { newEmail, password, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
let mailbox: Mailbox
beforeAll(async () => {
  mailbox = await startMailbox()
  server = await startTestServer({ environment: { SMTP_URL: mailbox.url, MAIL_FROM: 'Keys <keys@example.com>' } })
})
afterAll(async () => {
  await server.close()
  await mailbox.close()
})
afterEach(async () => {
  await server.database.orm.delete(attempts)
})

const signUp = (email: string) => server.browser().mutate('auth.signUp', { email, password, name: 'Ada' })

describe('signing up where mail is sent', () => {
  it('makes the account when the mailed link is used, and signing in works from then on', async () => {
    const email = newEmail()
    const reply = await signUp(email)
    expect(reply.body).toEqual({ result: { data: { user: null, session: null } } })
    expect(reply.setCookies).toEqual([])
    const signIn = () => server.browser().mutate('auth.signIn', { email, password })
    expect(reasonOf(await signIn())).toBe('INVALID_CREDENTIALS')
    const mail = await mailbox.mailTo(email)
    expect(mail.raw).toMatch(/^From: Keys <keys@example.com>/m)
    expect(mail.raw).toMatch(/^Auto-Submitted: auto-generated/m)

    const confirmed = await server.browser().api.auth.confirmSignUp.mutate({ token: tokenIn(mail) })

    expect(confirmed).toEqual({ email })
    const signedIn = await server.browser().api.auth.signIn.mutate({ email, password })
    expect(signedIn).toMatchObject({ status: 'signedIn', user: { name: 'Ada', emailVerified: true } })
  })

  it('says and writes the same whether the address has an account or not; its owner is told', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    const unknown = newEmail()
    const ask = async (address: string) => {
      const before = await server.database.orm.$count(mailedLinks)
      const people = await server.database.orm.$count(users)
      const reply = await signUp(address)
      const headers = [...reply.headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
      return {
        status: reply.status,
        body: reply.body,
        headers,
        links: (await server.database.orm.$count(mailedLinks)) - before,
        people: (await server.database.orm.$count(users)) - people,
      }
    }
    expect(await ask(unknown)).toEqual(await ask(email))
    await mailbox.mailTo(unknown, /Confirm your address/)
    const told = await mailbox.mailTo(email, /already have an account/)
    expect(told.text).not.toContain('#')
  })

  it('by a link that was used, is over or was made up makes nothing', async () => {
    const email = newEmail()
    await signUp(email)
    const token = tokenIn(await mailbox.mailTo(email))
    const confirm = (text: string) => server.browser().mutate('auth.confirmSignUp', { token: text })
    expect((await confirm(token)).status).toBe(200)
    expect(reasonOf(await confirm(token))).toBe('LINK_NOT_ACCEPTED')
    const late = newEmail()
    await signUp(late)
    const over = tokenIn(await mailbox.mailTo(late))
    server.clock.advance(hours(24))
    expect(reasonOf(await confirm(over))).toBe('LINK_NOT_ACCEPTED')
    expect(reasonOf(await confirm('made up'))).toBe('LINK_NOT_ACCEPTED')
  })

  it('twice for one address makes one account: of whoever confirms first', async () => {
    const email = newEmail()
    const tokens: string[] = []
    for (let count = 0; count < 2; count++) {
      mailbox.mails.length = 0
      await signUp(email)
      tokens.push(tokenIn(await mailbox.mailTo(email)))
    }
    const replies = await Promise.all(tokens.map((token) => server.browser().mutate('auth.confirmSignUp', { token })))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('refuses a poor password before anything is said of the address', async () => {
    const { email } = await signedUpByMail(server, mailbox)
    for (const address of [email, newEmail()]) {
      const reply = await server.browser().mutate('auth.signUp', { email: address, password: 'passwordpassword' })
      expect(reasonOf(reply)).toBe('INVALID_INPUT')
    }
  })
})

describe('a mail', () => {
  it('waits sealed until a server takes it, is tried again, and is sent by one of all instances', async () => {
    const second = await server.addInstance()
    mailbox.state.refusing = true
    const email = newEmail()
    await signUp(email)
    await expect
      .poll(() => [...server.logs, ...second.logs].filter(({ event }) => event === 'mail_not_taken').length)
      .toBe(1)
    const [waiting] = await server.database.orm.select().from(outgoingMails)
    expect(waiting?.sealedMail.toString('latin1')).not.toContain(email)

    mailbox.state.refusing = false
    server.clock.advance(hours(1))
    // Whatever is queued next wakes the delivery.
    const other = newEmail()
    await signUp(other)
    await mailbox.mailTo(other)
    await mailbox.mailTo(email)

    await expect.poll(() => server.database.orm.$count(outgoingMails)).toBe(0)
    expect(mailbox.mails.filter(({ to }) => to === email)).toHaveLength(1)
  })

  it('shows what people called themselves as they wrote it, never as markup', async () => {
    const { browser, email } = await signedUpByMail(server, mailbox)
    await browser.api.auth.signOut.mutate()
    const evil = server.browser({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0' })
    await evil.api.auth.signIn.mutate({ email, password })
    const mail = await mailbox.mailTo(email, /New sign-in/)
    expect(mail.text).toContain('Firefox on Linux')
    expect(mail.text).toContain('Address: 127.0.0.1')
    expect(mail.html).not.toMatch(/<script|<img/)
  })
})

it('a link or a password is in no log line', async () => {
  const email = newEmail()
  await signUp(email)
  const token = tokenIn(await mailbox.mailTo(email))
  await server.browser().mutate('auth.confirmSignUp', { token })
  const lines = JSON.stringify(server.logs)
  for (const text of [token, password, email]) expect(lines).not.toContain(text)
})
