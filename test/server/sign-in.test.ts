import { hash } from '@node-rs/argon2'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { users } from '../../server/database/schema.ts'
import { completed } from '../harness/completed.ts'
import { eventsOf, sessionRow, userRow } from '../harness/rows.ts'
import { type Reply, reasonOf, refusalReason } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { newEmail, password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('signing in', () => {
  it('opens a device of its own beside the others', async () => {
    const { browser, email, user, session } = await signedUp(server)

    const second = server.browser()
    const reply = completed(await second.api.auth.signIn.mutate({ email, password, deviceName: 'Work laptop' }))

    expect(reply).toMatchObject({ status: 'signedIn', user, session: { current: true, name: 'Work laptop' } })
    expect(reply.session.id).not.toBe(session.id)
    expect((await browser.api.session.list.query()).map(({ id }) => id)).toEqual([session.id, reply.session.id])
  })

  it('takes the address in any case', async () => {
    const { email, user } = await signedUp(server)

    const reply = completed(
      await server.browser().api.auth.signIn.mutate({ email: ` ${email.toUpperCase()} `, password }),
    )

    expect(reply.user).toEqual(user)
  })

  it('in the same browser replaces the session that it held', async () => {
    const { browser, email, session } = await signedUp(server)
    const copy = browser.clone()

    const { session: next } = completed(await browser.api.auth.signIn.mutate({ email, password }))

    expect(next.id).not.toBe(session.id)
    expect(await sessionRow(server, session.id)).toMatchObject({ revokedReason: 'replaced' })
    expect((await browser.api.session.list.query()).map(({ id }) => id)).toEqual([next.id])
    // Whoever fixed or copied the earlier tokens has nothing left.
    expect(reasonOf(await copy.query('auth.whoami'))).toBe('SESSION_REVOKED')
  })

  it('in the same browser replaces the session that it held although its access token had expired', async () => {
    const { browser, email, session } = await signedUp(server)
    server.clock.advance(minutes(20))

    await browser.api.auth.signIn.mutate({ email, password })

    expect(await sessionRow(server, session.id)).toMatchObject({ revokedReason: 'replaced' })
    expect(await browser.api.session.list.query()).toHaveLength(1)
  })

  it('as somebody else in the same browser ends the first person’s session there', async () => {
    const first = await signedUp(server)
    const second = await signedUp(server)

    await first.browser.api.auth.signIn.mutate({ email: second.email, password })

    expect(await sessionRow(server, first.session.id)).toMatchObject({ revokedReason: 'replaced' })
    expect(await sessionRow(server, second.session.id)).toMatchObject({ revokedReason: null })
    expect((await first.browser.api.auth.current.query())?.user).toEqual(second.user)
  })

  it('renews a hash that was made with weaker parameters', async () => {
    const { email, user } = await signedUp(server)
    const weak = await hash(password, { memoryCost: 4_096, timeCost: 1, parallelism: 1 })
    await server.database.orm.update(users).set({ passwordHash: weak }).where(eq(users.id, user.id))

    await signedIn(server, email)

    const { passwordHash } = await userRow(server, user.id)
    expect(passwordHash).toMatch(/m=19456/)
    await signedIn(server, email)
    expect((await userRow(server, user.id)).passwordHash).toBe(passwordHash)
  })
})

describe('a refused sign-in', () => {
  const comparable = ({ status, headers, body }: Reply) => {
    const named = Object.fromEntries(headers)
    for (const name of ['x-request-id', 'date']) delete named[name]
    const text = JSON.stringify(body).replace(/"requestId":"[^"]+"/, '"requestId":"…"')
    return { status, headers: named, body: JSON.parse(text) as unknown }
  }

  async function suspended() {
    const { email, user } = await signedUp(server)
    await server.database.orm.update(users).set({ suspendedAt: new Date() }).where(eq(users.id, user.id))
    return { email, user }
  }

  it('says the same of an unknown address, a wrong password and a suspended account', async () => {
    const { email } = await signedUp(server)
    const attempts = [
      { email: newEmail(), password },
      { email, password: `${password}!` },
      { email: (await suspended()).email, password },
    ]

    const replies = []
    for (const attempt of attempts) replies.push(comparable(await server.browser().mutate('auth.signIn', attempt)))

    expect(replies[0]).toMatchObject({ status: 401, body: { error: { data: { reason: 'INVALID_CREDENTIALS' } } } })
    expect(replies[1]).toEqual(replies[0])
    expect(replies[2]).toEqual(replies[0])
  })

  it('says in the log and in the events which of them it was', async () => {
    const known = await signedUp(server)
    const out = await suspended()
    const from = server.logs.length
    await server.browser().mutate('auth.signIn', { email: newEmail(), password })
    await server.browser().mutate('auth.signIn', { email: known.email, password: `${password}!` })
    await server.browser().mutate('auth.signIn', { email: out.email, password })

    const reasons = server.logs.slice(from).filter(({ event }) => event === 'sign_in_refused')
    expect(reasons.map(({ reason }) => reason)).toEqual(['unknown_account', 'wrong_password', 'suspended'])
    expect((await eventsOf(server, known.user.id)).at(-1)).toMatchObject({
      kind: 'sign_in_failed',
      reason: 'wrong_password',
    })
    expect((await eventsOf(server, out.user.id)).at(-1)).toMatchObject({ kind: 'sign_in_failed', reason: 'suspended' })
  })

  it('leaves the session that the browser holds alone', async () => {
    const { browser, email, session } = await signedUp(server)

    const refused = browser.api.auth.signIn.mutate({ email, password: `${password}!` })

    expect(await refusalReason(refused)).toBe('INVALID_CREDENTIALS')
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
  })

  it('is what white space around a password makes of it', async () => {
    const { email } = await signedUp(server)

    const refused = server.browser().api.auth.signIn.mutate({ email, password: ` ${password}` })

    expect(await refusalReason(refused)).toBe('INVALID_CREDENTIALS')
  })
})
