import { afterAll, beforeAll, expect, it } from 'vitest'
import { attempts } from '../../../server/database/schema.ts'
import { reasonOf } from '../../harness/test-browser.ts'
import { countRows } from '../../harness/rows.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1/32' } })
})
afterAll(() => server.close())

/** Each from a network and at an account of its own, so that no limit but the queue is in the way. */
const flood = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    server
      .browser({ headers: { 'x-forwarded-for': `10.${at >> 8}.${at & 255}.1` } })
      .mutate('auth.signIn', { email: `nobody-${at}@example.com`, password }),
  )

it('a flood of passwords is answered or turned away, and nobody else waits behind it', async () => {
  const { browser, session } = await signedUp(server)
  const before = await countRows(server)

  const flooding = Promise.all(flood(150))
  const startedAt = performance.now()
  const during = await Promise.all(Array.from({ length: 20 }, () => browser.api.auth.whoami.query()))
  const waited = performance.now() - startedAt
  const replies = await flooding

  expect(during.every(({ sessionId }) => sessionId === session.id)).toBe(true)
  // How many arrive before the first are done is the machine's to decide; what they are told is not.
  for (const reply of replies) {
    expect(['INVALID_CREDENTIALS', 'TEMPORARILY_UNAVAILABLE']).toContain(reasonOf(reply))
    expect(reply.headers.get('retry-after')).toBe(reply.status === 503 ? '5' : null)
  }
  // Two hash at a time; whoever only shows a token does not queue behind two hundred of them.
  expect(waited).toBeLessThan(5_000)
  expect(await countRows(server)).toEqual(before)
})

it('whoever is turned away has cost no statement', async () => {
  await server.database.orm.delete(attempts)

  const statuses = (await Promise.all(flood(300))).map(({ status }) => status)

  const [answered, turnedAway] = [401, 503].map((wanted) => statuses.filter((status) => status === wanted).length)
  expect(answered).toBeGreaterThanOrEqual(204)
  expect(answered + turnedAway).toBe(300)
  // An account and a network for each that was answered.
  expect(await server.database.orm.select().from(attempts)).toHaveLength(2 * answered)
})

it('the account goes on working afterwards', async () => {
  await server.database.orm.delete(attempts)
  const { email } = await signedUp(server)

  expect((await server.browser().mutate('auth.signIn', { email, password })).status).toBe(200)
})

it.each([
  ['auth.signIn', { email: 'ada@example.com', password: 'x'.repeat(1_025) }],
  ['auth.signUp', { email: newEmail(), password: `${password}${'x'.repeat(1_025)}` }],
  ['token.issue', { email: 'ada@example.com', password: 'x'.repeat(1_025) }],
])('%s refuses a password of a thousand characters before any work', async (procedure, input) => {
  await server.database.orm.delete(attempts)

  const reply = await server.browser().mutate(procedure, input)

  expect(reply.status).toBe(400)
  expect(reply.body).toMatchObject({ error: { data: { fields: { password: expect.any(String) } } } })
  expect(await server.database.orm.select().from(attempts)).toEqual([])
})
