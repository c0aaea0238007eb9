import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attempts, securityEvents, sessions, signingKeys } from '../../server/database/schema.ts'
import { sweep } from '../../server/session/sweep.ts'
import { days, minutes } from '../harness/test-clock.ts'
import { newEmail, password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

const sweepNow = () => sweep(server.database.orm, server.clock)
const none = {
  sessions: 0,
  events: 0,
  attempts: 0,
  signingKeys: 0,
  challenges: 0,
  mailedLinks: 0,
  erasedSessions: 0,
}

describe('sweeping', () => {
  it('leaves alone what is alive or can still be read about', async () => {
    const { browser, email } = await signedUp(server)
    await signedIn(server, email)
    await browser.api.auth.signOut.mutate()

    expect(await sweepNow()).toEqual(none)
  })

  it('deletes a session 28 days after it was revoked, not before', async () => {
    const { browser, session } = await signedUp(server)
    await browser.api.auth.signOut.mutate()
    server.clock.advance(days(28))
    expect((await sweepNow()).sessions).toBe(0)
    server.clock.advance(1)

    expect((await sweepNow()).sessions).toBe(1)
    expect(await server.database.orm.$count(sessions, eq(sessions.id, session.id))).toBe(0)
  })

  it('deletes a session 28 days after its absolute expiry, not before', async () => {
    await signedUp(server)
    server.clock.advance(days(30 + 28))
    expect((await sweepNow()).sessions).toBe(0)
    server.clock.advance(1)

    expect((await sweepNow()).sessions).toBe(1)
  })

  it('deletes events after 400 days', async () => {
    const { user } = await signedUp(server)
    server.clock.advance(days(400))
    expect((await sweepNow()).events).toBe(0)
    server.clock.advance(1)

    expect((await sweepNow()).events).toBe(2)
    expect(await server.database.orm.$count(securityEvents, eq(securityEvents.userId, user.id))).toBe(0)
  })

  it('deletes counts of attempts a day after their window has passed', async () => {
    await server.browser().mutate('auth.signIn', { email: newEmail(), password })
    server.clock.advance(minutes(15) + days(1))
    expect((await sweepNow()).attempts).toBe(0)
    server.clock.advance(1)

    expect((await sweepNow()).attempts).toBe(2)
    expect(await server.database.orm.$count(attempts)).toBe(0)
  })

  it('deletes signing keys that nothing depends on any more, and never the one that signs', async () => {
    const [current] = await server.database.orm.select().from(signingKeys)
    if (!current) throw new Error('The server has no signing key')
    const retired = { ...current, id: 'retired', trustedUntil: new Date(server.clock.now() - 1) }
    await server.database.orm.insert(signingKeys).values(retired)

    expect((await sweepNow()).signingKeys).toBe(1)
    expect((await server.database.orm.select().from(signingKeys)).map(({ id }) => id)).toEqual([current.id])
  })

  it('gets through more rows than fit into one batch', async () => {
    const { user } = await signedUp(server)
    const createdAt = new Date(server.clock.now() - days(401))
    const old = Array.from({ length: 2_500 }, () => ({ userId: user.id, kind: 'signed_in', createdAt }))
    await server.database.orm.insert(securityEvents).values(old)

    expect((await sweepNow()).events).toBe(2_500)
    expect(await sweepNow()).toEqual(none)
  })
})
