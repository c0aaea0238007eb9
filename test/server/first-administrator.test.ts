import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { setUpLinks, users } from '../../server/database/schema.ts'
import { offerSetUp } from '../../server/user/set-up-link.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { userRow } from '../harness/rows.ts'
import { refusalReason } from '../harness/test-browser.ts'
import { hours, minutes } from '../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

/** What a start prints. */
const offer = () => server.database.orm.transaction((transaction) => offerSetUp(transaction, server.clock))

async function offered(): Promise<string> {
  const token = await offer()
  if (token === null) throw new Error('A link was expected')
  return token
}

it('whoever signs in with the link of the first start becomes the administrator, once', async () => {
  const token = await offered()
  const { browser, email, user } = await signedUp(server)
  const other = await signedUp(server)

  await browser.api.account.becomeFirstAdministrator.mutate({ token })

  expect(browser.cookies.size).toBe(0)
  expect(await userRow(server, user.id)).toMatchObject({ role: 'admin', tokenVersion: 1 })
  const again = await signedIn(server, email)
  const { events } = await again.browser.api.admin.audit.query({})
  expect(events).toMatchObject([{ action: 'administrator_set_up', actor: { email }, target: { email } }])
  const second = other.browser.api.account.becomeFirstAdministrator.mutate({ token })
  expect(await refusalReason(second)).toBe('LINK_NOT_ACCEPTED')
  expect(await userRow(server, other.user.id)).toMatchObject({ role: 'user' })
})

it('the link is worth nothing after a day, mistyped, or to nobody', async () => {
  const token = await offered()
  const claim = (text: string, browser = server.browser()) =>
    refusalReason(browser.api.account.becomeFirstAdministrator.mutate({ token: text }))
  expect(await claim(token)).toBe('NOT_SIGNED_IN')
  const { browser, email } = await signedUp(server)
  const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
  for (const bad of ['x', flipped, token.slice(1), `${token}=`])
    expect(await claim(bad, browser)).toBe('LINK_NOT_ACCEPTED')
  server.clock.advance(hours(24))
  const later = await signedIn(server, email)
  expect(await claim(token, later.browser)).toBe('LINK_NOT_ACCEPTED')
})

it('the database has no link, only its hash', async () => {
  const token = await offered()
  const rows = await server.database.orm.select().from(setUpLinks)
  expect(rows).toHaveLength(1)
  const secret = Buffer.from(token, 'base64url').subarray(16)
  expect(rows[0]?.secretHash.equals(secret)).toBe(false)
  expect(JSON.stringify(server.logs)).not.toContain(token)
})

it('a later start prints a new link, and the old one is void; instances of one start print one', async () => {
  const first = await offered()
  expect(await offer()).toBeNull()
  server.clock.advance(minutes(2))
  const second = await offered()
  const { browser } = await signedUp(server)
  expect(await refusalReason(browser.api.account.becomeFirstAdministrator.mutate({ token: first }))).toBe(
    'LINK_NOT_ACCEPTED',
  )
  await browser.api.account.becomeFirstAdministrator.mutate({ token: second })
})

it('no link is made, and none is good, once there is an administrator', async () => {
  const token = await offered()
  await signedInAdministrator(server)
  server.clock.advance(minutes(2))
  expect(await offer()).toBeNull()
  const { browser, user } = await signedUp(server)
  expect(await refusalReason(browser.api.account.becomeFirstAdministrator.mutate({ token }))).toBe('LINK_NOT_ACCEPTED')
  expect(await userRow(server, user.id)).toMatchObject({ role: 'user' })
})

it('the last administrator cannot delete their account; with a second one they can', async () => {
  const { browser, email } = await signedInAdministrator(server)
  expect(await refusalReason(browser.api.account.delete.mutate({ email }))).toBe('INVALID_INPUT')
  const other = await signedUp(server)
  await server.database.orm.update(users).set({ role: 'admin' }).where(eq(users.id, other.user.id))
  await browser.api.account.delete.mutate({ email })
  expect(await refusalReason(server.browser().api.auth.signIn.mutate({ email, password }))).toBe('INVALID_CREDENTIALS')
})
