import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { attempts } from '../../../server/database/schema.ts'
import { type Reply, reasonOf } from '../../harness/test-browser.ts'
import { minutes, seconds } from '../../harness/test-clock.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1/32' } })
})
beforeEach(async () => {
  await server.database.orm.delete(attempts)
})
afterAll(() => server.close())

const wrong = 'not the password of anybody'

/** One attempt to sign in, from an address that the trusted proxy vouches for. */
function attempt(
  email: string,
  { from = '203.0.113.7', guess = wrong, procedure = 'auth.signIn' } = {},
): Promise<Reply> {
  return server.browser({ headers: { 'x-forwarded-for': from } }).mutate(procedure, { email, password: guess })
}

async function exhaust(email: string, { from = '203.0.113.7' } = {}): Promise<void> {
  for (let count = 0; count < 10; count++) expect((await attempt(email, { from })).status).toBe(401)
}

describe('guesses at one account', () => {
  it('are ten in a quarter of an hour; then even the right password waits, and is told how long', async () => {
    const { email } = await signedUp(server)
    await exhaust(email)
    server.clock.advance(minutes(5))

    const reply = await attempt(email, { guess: password })

    expect(reply.status).toBe(429)
    expect(reply.body).toMatchObject({ error: { data: { reason: 'TOO_MANY_ATTEMPTS', retryAfterSeconds: 600 } } })
    expect(reply.headers.get('retry-after')).toBe('600')
    expect(reply.setCookies).toEqual([])
  })

  it('are counted anew when the time has passed, and waiting is not made longer by trying', async () => {
    const { email } = await signedUp(server)
    await exhaust(email)
    for (let count = 0; count < 5; count++) {
      server.clock.advance(minutes(2))
      expect((await attempt(email)).status).toBe(429)
    }
    server.clock.advance(minutes(5) - seconds(1))
    expect((await attempt(email, { guess: password })).status).toBe(429)
    server.clock.advance(seconds(1))

    expect((await attempt(email, { guess: password })).status).toBe(200)
  })

  it('are one count for every network they come from', async () => {
    const { email } = await signedUp(server)
    for (let count = 0; count < 10; count++)
      expect((await attempt(email, { from: `198.51.${count}.1` })).status).toBe(401)

    expect((await attempt(email, { from: '192.0.2.200' })).status).toBe(429)
  })

  it('are one count for every spelling of the address', async () => {
    const { email } = await signedUp(server)
    const spellings = [email, email.toUpperCase(), ` ${email}`, `${email} `, email.replace('person', 'Person')]
    for (let count = 0; count < 10; count++) await attempt(spellings[count % 5] ?? email)

    expect((await attempt(email.replace('example', 'EXAMPLE'))).status).toBe(429)
  })

  it('are one count for cookies and for tokens', async () => {
    const { email } = await signedUp(server)
    for (let count = 0; count < 5; count++) {
      await attempt(email)
      await attempt(email, { procedure: 'token.issue' })
    }

    expect((await attempt(email)).status).toBe(429)
    expect((await attempt(email, { procedure: 'token.issue' })).status).toBe(429)
  })

  it('are counted alike for an address that nobody has', async () => {
    const email = newEmail()
    await exhaust(email)

    expect((await attempt(email)).status).toBe(429)
  })

  it('are forgotten when the right password comes in time', async () => {
    const { email } = await signedUp(server)
    for (let round = 0; round < 2; round++) {
      for (let count = 0; count < 9; count++) await attempt(email)
      expect((await attempt(email, { guess: password })).status).toBe(200)
    }
  })

  it('do not count against anybody else', async () => {
    const { email } = await signedUp(server)
    const other = await signedUp(server)
    await exhaust(email)

    expect((await attempt(other.email, { guess: password })).status).toBe(200)
  })

  it('are counted by all instances together', async () => {
    const { email } = await signedUp(server)
    const second = await server.addInstance()
    await exhaust(email)

    const reply = await second.browser().mutate('auth.signIn', { email, password })

    expect(reply.status).toBe(429)
  })
})

describe('guesses cannot be multiplied', () => {
  it.each(['auth.signIn', 'token.issue'])(
    'by sending %s in batches, which count for nothing and are refused',
    async (procedure) => {
      const { email } = await signedUp(server)
      await server.database.orm.delete(attempts)
      const path = `/trpc/${Array.from({ length: 10 }, () => procedure).join(',')}?batch=1`
      const body = JSON.stringify(
        Object.fromEntries(Array.from({ length: 10 }, (_, index) => [index, { email, password }])),
      )

      const reply = await server
        .browser()
        .send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

      expect(reply.status).toBe(400)
      const answers = reply.body as { error: { data: { reason: string; fields: unknown } } }[]
      expect(answers).toHaveLength(10)
      for (const { error } of answers)
        expect(error.data).toMatchObject({ reason: 'INVALID_INPUT', fields: { batch: expect.any(String) } })
      expect(reply.setCookies).toEqual([])
      expect(await server.database.orm.select().from(attempts)).toEqual([])
    },
  )

  it('by hiding one among calls of another kind', async () => {
    const { email } = await signedUp(server)
    const body = JSON.stringify({ 0: { email, password }, 1: undefined })

    const reply = await server.browser().send('/trpc/auth.signIn,auth.signOut?batch=1', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })

    expect(JSON.stringify(reply.body)).toContain('Call this by itself')
    expect(reply.setCookies.filter((line) => !line.includes('Max-Age=0'))).toEqual([])
  })

  it('by sending them all at once', async () => {
    const { email } = await signedUp(server)

    const replies = await Promise.all(Array.from({ length: 25 }, () => attempt(email)))

    expect(replies.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(15)
  })

  it.each(['auth%2EsignIn', 'auth%252EsignIn', 'auth.sign%49n', 'auth.signIn?x=1', 'auth.signIn/'])(
    'by writing the procedure as %s',
    async (spelling) => {
      const { email } = await signedUp(server)
      await exhaust(email)

      const reply = await server.browser().mutate(spelling, { email, password })

      expect([404, 429]).toContain(reply.status)
      expect(reply.setCookies).toEqual([])
    },
  )

  it('by claiming to come from elsewhere, past the proxy that is trusted', async () => {
    for (let count = 0; count < 100; count++)
      await attempt('known@example.com', { from: `10.9.${count}.1, 203.0.113.7` })

    expect((await attempt(newEmail(), { from: '10.200.1.1, 203.0.113.7' })).status).toBe(429)
  })
})

describe('guesses from one network', () => {
  it('are a hundred, at whichever accounts and from whichever of its addresses; other networks go on', async () => {
    for (let count = 0; count < 100; count++) await attempt('known@example.com', { from: `203.0.113.${count}` })
    const { email } = await signedUp(server)

    const reply = await attempt(email, { from: '203.0.113.250', guess: password })

    expect(reply.status).toBe(429)
    expect(Number(reply.headers.get('retry-after'))).toBe(900)
    expect((await attempt(email, { from: '203.0.114.250', guess: password })).status).toBe(200)
    server.clock.advance(minutes(15))
    expect((await attempt(email, { from: '203.0.113.250', guess: password })).status).toBe(200)
  })

  it('are counted together for a /64 of IPv6, which one subscriber has', async () => {
    for (let count = 0; count < 100; count++)
      await attempt('known@example.com', { from: `2001:db8:1:2::${count.toString(16)}` })
    const { email } = await signedUp(server)

    expect((await attempt(email, { from: '2001:db8:1:2:ffff:ffff:ffff:ffff', guess: password })).status).toBe(429)
    expect((await attempt(email, { from: '2001:db8:1:3::1', guess: password })).status).toBe(200)
  })
})

describe('without a trusted proxy', () => {
  it('what a client says of its address counts for nothing', async () => {
    const direct = await startTestServer()
    const { email, session } = await signedUp(direct, { headers: { 'x-forwarded-for': '198.51.100.1' } })
    expect(session.ipAddress).toBe('127.0.0.1')
    const guess = (count: number) =>
      direct
        .browser({ headers: { 'x-forwarded-for': `198.51.${count}.1`, forwarded: `for=198.51.${count}.1` } })
        .mutate('auth.signIn', { email: count < 100 ? 'known@example.com' : email, password })
    for (let count = 0; count < 100; count++) await guess(count)

    expect(reasonOf(await guess(100))).toBe('TOO_MANY_ATTEMPTS')
    await direct.close()
  })
})

describe('sign-ups', () => {
  it('are twenty in an hour from one network', async () => {
    const signUp = (from: string) =>
      server
        .browser({ headers: { 'x-forwarded-for': from } })
        .mutate('auth.signUp', { email: newEmail(), password: 'short' })
    for (let count = 0; count < 20; count++) expect((await signUp(`203.0.113.${count}`)).status).toBe(400)

    const reply = await signUp('203.0.113.99')

    expect(reply.status).toBe(429)
    expect(reply.headers.get('retry-after')).toBe('3600')
    expect((await signUp('203.0.114.1')).status).toBe(400)
    server.clock.advance(minutes(60))
    expect((await signUp('203.0.113.99')).status).toBe(400)
  })
})

describe('what is kept of attempts', () => {
  it('is neither an address of mail nor of a network', async () => {
    const { email, user } = await signedUp(server)
    await attempt(email)
    await attempt('nobody-here@example.com')

    const rows = JSON.stringify(await server.database.orm.select().from(attempts))

    for (const trace of [email, user.id, 'nobody-here', 'example.com', '203.0.113', '203 0'])
      expect(rows).not.toContain(trace)
  })

  it('is logged by the name of the limit, without the address of mail', async () => {
    const { email } = await signedUp(server)
    await exhaust(email)
    await attempt(email)

    expect(server.logs).toContainEqual(
      expect.objectContaining({ event: 'attempts_limited', limit: 'sign-in account', ipAddress: '203.0.113.7' }),
    )
    expect(JSON.stringify(server.logs)).not.toContain(email)
  })
})
