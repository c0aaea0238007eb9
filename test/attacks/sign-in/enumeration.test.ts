import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attempts, users } from '../../../server/database/schema.ts'
import { countRows } from '../../harness/rows.ts'
import type { Reply } from '../../harness/test-browser.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

/** Whether an address has an account must not be told by status, body, headers or time. */
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const forgetAttempts = () => server.database.orm.delete(attempts)

function comparable({ status, headers, body, setCookies }: Reply) {
  const named = Object.fromEntries(headers)
  for (const name of ['x-request-id', 'date', 'set-cookie']) delete named[name]
  return { status, named, body: JSON.stringify(body).replace(/"requestId":"[^"]+"/, ''), cookies: setCookies.length }
}

async function timed(call: () => Promise<Reply>) {
  const startedAt = performance.now()
  const reply = await call()
  return { reply, milliseconds: performance.now() - startedAt }
}

const median = (numbers: number[]) => numbers.sort((one, other) => one - other)[numbers.length >> 1] ?? 0

const wrong = 'not the password of anybody here'
const procedures: [string, (email: string) => unknown][] = [
  ['auth.signIn', (email) => ({ email, password: wrong })],
  ['token.issue', (email) => ({ email, password: wrong })],
  ['auth.requestPasswordReset', (email) => ({ email })],
]

describe.each(procedures)('%s', (procedure, inputFor) => {
  it('answers a known address and an unknown one alike', async () => {
    const { email } = await signedUp(server)
    const { email: suspended, user } = await signedUp(server)
    await server.database.orm.update(users).set({ suspendedAt: new Date() }).where(eq(users.id, user.id))

    const [known, unknown, closed] = [
      comparable(await server.browser().mutate(procedure, inputFor(email))),
      comparable(await server.browser().mutate(procedure, inputFor(newEmail()))),
      comparable(await server.browser().mutate(procedure, inputFor(suspended))),
    ]

    expect(unknown).toEqual(known)
    expect(closed).toEqual(known)
    expect(known.cookies).toBe(0)
  })

  it('is limited alike for both, and says so in the same words', async () => {
    const refusals = []
    for (const email of [(await signedUp(server)).email, newEmail()]) {
      await forgetAttempts()
      let reply = await server.browser().mutate(procedure, inputFor(email))
      for (let count = 0; reply.status !== 429 && count < 12; count++)
        reply = await server.browser().mutate(procedure, inputFor(email))
      refusals.push(comparable(reply))
    }

    expect(refusals[0]?.status).toBe(429)
    expect(refusals[1]).toEqual(refusals[0])
  })
})

it.each(procedures.slice(0, 2))('%s does the same work for an address that nobody has', async (procedure, inputFor) => {
  const { email } = await signedUp(server)
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let round = 0; round < 9; round++) {
    await forgetAttempts()
    times.known.push((await timed(() => server.browser().mutate(procedure, inputFor(email)))).milliseconds)
    times.unknown.push((await timed(() => server.browser().mutate(procedure, inputFor(newEmail())))).milliseconds)
  }

  // The hash is most of it: an answer without one comes in a tenth of the time.
  const ratio = median(times.unknown) / median(times.known)
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
})

it('white space and capitals around an address make no other account of it, and no other count', async () => {
  const { email } = await signedUp(server)
  const spellings = [` ${email}`, `${email} `, email.toUpperCase(), `\t${email}\n`]

  for (const spelling of spellings) {
    const reply = await server.browser().mutate('auth.signUp', { email: spelling, password })

    expect([reply.status, JSON.stringify(reply.body)]).toEqual([409, expect.stringContaining('EMAIL_TAKEN')])
  }
})

it.each<[string, (email: string) => string]>([
  ['wide letters', (email) => email.replace('p', 'ｐ')],
  ['a wide at sign', (email) => email.replace('@', '＠')],
  ['a Cyrillic letter that looks the same', (email) => email.replace('e', 'е')],
  ['a dotless i', (email) => `ı${email}`],
  ['the Kelvin sign', (email) => `\u212a${email}`],
  ['a character of no width', (email) => email.replace('@', '\u200b@')],
  ['a mark that turns the direction', (email) => `\u202e${email}`],
  ['a combining accent', (email) => email.replace('e', 'e\u0301')],
  ['a soft hyphen', (email) => email.replace('person', 'per\u00adson')],
])('an address with %s is no address, and nobody’s account', async (_what, respell) => {
  const { email } = await signedUp(server)
  const before = await countRows(server)

  for (const procedure of ['auth.signUp', 'auth.signIn', 'token.issue']) {
    const reply = await server.browser().mutate(procedure, { email: respell(email), password })

    expect([reply.status, reply.body]).toMatchObject([
      400,
      { error: { data: { fields: { email: expect.any(String) } } } },
    ])
  }
  expect(await countRows(server)).toEqual(before)
})
