import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authenticatorApps,
  erasedSessions,
  recoveryCodes,
  securityEvents,
  serviceAccounts,
  sessions,
  users,
} from '../../server/database/schema.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { withAuthenticatorApp } from '../harness/authenticator-app.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ instances: 2 })
})
afterAll(() => server.close())

describe('deleting an account', () => {
  it('erases the person with everything that is theirs, and signs every device out on every instance', async () => {
    const { browser, email, user } = await signedUp(server)
    await withAuthenticatorApp(browser, server.clock)
    const [, second] = server.instances
    const elsewhere = browser.at(second?.url ?? '')

    const reply = await browser.mutate('account.delete', { email })

    expect(reply.body).toEqual({ result: { data: {} } })
    expect(browser.cookies.size).toBe(0)
    const { orm } = server.database
    expect(await orm.$count(users, eq(users.id, user.id))).toBe(0)
    for (const table of [sessions, securityEvents, authenticatorApps, recoveryCodes])
      expect(await orm.$count(table, eq(table.userId, user.id))).toBe(0)
    await expect.poll(async () => reasonOf(await elsewhere.clone().query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect(reasonOf(await server.browser().mutate('auth.signIn', { email, password }))).toBe('INVALID_CREDENTIALS')
    await expect
      .poll(() =>
        server.instances
          .flatMap(({ mails }) => mails)
          .some(({ to, subject }) => to === email && /deleted/.test(subject)),
      )
      .toBe(true)
  })

  it('ends access tokens of devices on an instance that starts afterwards', async () => {
    const { browser, email } = await signedUp(server)
    const phone = await signedIn(server, email)
    await browser.api.account.delete.mutate({ email })
    const late = await server.addInstance()

    expect(reasonOf(await phone.browser.at(late.url).query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect(await server.database.orm.$count(erasedSessions)).toBeGreaterThanOrEqual(2)
  })

  it('takes service accounts with it: their keys and tokens stop at once', async () => {
    // Somebody else stays an administrator: the last one cannot be lost.
    await signedInAdministrator(server)
    const { browser, email, user } = await signedInAdministrator(server)
    const { key, account } = await browser.api.service.create.mutate({ name: 'Robot', scopes: ['revocations:read'] })
    const exchange = () =>
      server.browser().send('/oauth/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: account.id,
          client_secret: key,
        }).toString(),
      })
    const before = await exchange()
    expect(before.status).toBe(200)
    const { access_token: token } = before.body as { access_token: string }

    await browser.api.account.delete.mutate({ email })

    expect(await server.database.orm.$count(serviceAccounts, eq(serviceAccounts.ownerId, user.id))).toBe(0)
    expect((await exchange()).status).toBe(401)
    const stream = await server
      .browser()
      .send('/trpc/revocation.feed', { headers: { authorization: `Bearer ${token}` } })
    expect(JSON.stringify(stream.body)).toContain('SESSION_REVOKED')
  })

  it('asks for the address, and does nothing for another one', async () => {
    const { browser, user } = await signedUp(server)
    const other = await signedUp(server)
    const reply = await browser.mutate('account.delete', { email: other.email })
    expect(reply.body).toMatchObject({
      error: { data: { reason: 'INVALID_INPUT', fields: { email: expect.any(String) } } },
    })
    expect(await server.database.orm.$count(users, eq(users.id, user.id))).toBe(1)
    expect(await server.database.orm.$count(users, eq(users.id, other.user.id))).toBe(1)
    server.clock.advance(minutes(11))
    expect(reasonOf(await browser.mutate('account.delete', { email: other.email }))).toBe('REAUTHENTICATION_REQUIRED')
  })
})

describe('a name', () => {
  it('can be changed and taken away', async () => {
    const { browser } = await signedUp(server)
    expect((await browser.api.account.rename.mutate({ name: 'Ada' })).user.name).toBe('Ada')
    expect((await browser.api.account.rename.mutate({ name: null })).user.name).toBeNull()
    expect(reasonOf(await browser.mutate('account.rename', { name: ' ' }))).toBe('INVALID_INPUT')
  })
})
