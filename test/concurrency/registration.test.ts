import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions, users } from '../../server/database/schema.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { newEmail, password, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ instances: 3, environment: { TRUSTED_PROXIES: '127.0.0.1' } })
})
afterAll(() => server.close())

/** Signs up on one instance after the other, all at once, each from a network of its own. */
const signUpTogether = (emails: readonly string[]) =>
  Promise.all(
    emails.map((email, index) => {
      const { url } = server.instances[index % 3] ?? server
      const browser = server.browser({ headers: { 'x-forwarded-for': `10.1.${index}.1` } }).at(url)
      return browser.mutate('auth.signUp', { email, password })
    }),
  )

describe('people who sign up at the same moment', () => {
  it('get one account when they want the same address, however it is written', async () => {
    const email = newEmail()
    const spellings = Array.from({ length: 12 }, (_, index) => (index % 2 ? email.toUpperCase() : email))

    const replies = await signUpTogether(spellings)

    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(409)])
    const refused = replies.filter(({ status }) => status === 409)
    expect(new Set(refused.map(reasonOf))).toEqual(new Set(['EMAIL_TAKEN']))
    expect(refused.flatMap(({ setCookies }) => setCookies)).toEqual([])
    const accounts = await server.database.orm.select().from(users).where(eq(users.email, email))
    expect(accounts).toHaveLength(1)
    const opened = await server.database.orm
      .select()
      .from(sessions)
      .where(eq(sessions.userId, accounts[0]?.id ?? ''))
    expect(opened).toHaveLength(1)
  })

  it('all get an account of their own when their addresses differ', async () => {
    const replies = await signUpTogether(Array.from({ length: 12 }, newEmail))

    expect(replies.map(({ status }) => status)).toEqual(Array(12).fill(200))
  })
})
