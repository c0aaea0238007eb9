import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { users } from '../../../server/database/schema.ts'
import { eventsOf, sessionRow, userRow } from '../../harness/rows.ts'
import { reasonOf, type TestBrowser } from '../../harness/test-browser.ts'
import { minutes, seconds } from '../../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

function present(browser: TestBrowser) {
  browser.drop('access')
  return browser.query('auth.whoami')
}

/** A person with two devices, and a thief who copied the cookies of the first. */
async function robbed(server: TestServer) {
  const person = await signedUp(server)
  const other = await signedIn(server, person.email)
  return { ...person, other, thief: person.browser.clone() }
}

describe('a token of the generation before, after the retry window', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  it('is too late: this session ends, the others stay', async () => {
    const { browser, user, session, other, thief } = await robbed(server)
    await present(browser)
    server.clock.advance(seconds(30))

    const reply = await present(thief)

    expect(reply.status).toBe(401)
    expect(reasonOf(reply)).toBe('REFRESH_TOKEN_REUSED')
    expect(thief.cookies.size).toBe(0)
    expect((await browser.query('auth.whoami')).status).toBe(401)
    expect((await other.browser.query('auth.whoami')).status).toBe(200)
    expect((await present(other.browser)).status).toBe(200)
    expect(await sessionRow(server, session.id)).toMatchObject({ generation: 1, revokedReason: 'reuse' })
    expect((await userRow(server, user.id)).tokenVersion).toBe(0)
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({
      kind: 'late_retry',
      reason: 'reuse',
      sessionId: session.id,
    })
  })

  it('is logged once, as what it is', async () => {
    const { browser, session, thief } = await robbed(server)
    await present(browser)
    server.clock.advance(minutes(1))
    await present(thief)

    const lines = server.logs.filter((line) => line.event === 'refresh_reused' && line.sessionId === session.id)
    expect(lines).toEqual([expect.objectContaining({ level: 40, how: 'late_retry', revoked: [session.id] })])
  })

  it('ends the session once: whoever comes later is told that it was revoked', async () => {
    const { browser, user, thief } = await robbed(server)
    const thirdParty = thief.clone()
    await present(browser)
    server.clock.advance(minutes(1))
    await present(thief)
    const events = await eventsOf(server, user.id)

    expect(reasonOf(await present(thirdParty))).toBe('SESSION_REVOKED')
    expect(reasonOf(await present(browser))).toBe('SESSION_REVOKED')
    expect(await eventsOf(server, user.id)).toEqual(events)
  })
})

describe('a token two generations back', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  it.each([2, 3, 7])('is theft, even at once: after %i rotations every session of the user ends', async (rotations) => {
    const { browser, user, session, other, thief } = await robbed(server)
    for (let count = 0; count < rotations; count++) await present(browser)

    const reply = await present(thief)

    expect(reply.status).toBe(401)
    expect(reasonOf(reply)).toBe('REFRESH_TOKEN_REUSED')
    expect(thief.cookies.size).toBe(0)
    // Their access tokens had minutes left.
    expect(reasonOf(await browser.query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect(reasonOf(await other.browser.query('auth.whoami'))).toBe('SESSION_REVOKED')
    for (const { id } of [session, other.session]) expect((await sessionRow(server, id)).revokedReason).toBe('reuse')
    expect((await userRow(server, user.id)).tokenVersion).toBe(1)
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({ kind: 'token_reused', sessionId: session.id })
  })

  it('costs nobody else anything', async () => {
    const bystander = await signedUp(server)
    const { browser, thief } = await robbed(server)
    await present(browser)
    await present(browser)
    await present(thief)

    expect((await bystander.browser.query('auth.whoami')).status).toBe(200)
    expect((await userRow(server, bystander.user.id)).tokenVersion).toBe(0)
  })

  it('leaves the person able to sign in again', async () => {
    const { browser, email, thief } = await robbed(server)
    await present(browser)
    await present(browser)
    await present(thief)

    const again = await signedIn(server, email)

    expect((await present(again.browser)).status).toBe(200)
  })

  it('is refused through the token procedures in the same way', async () => {
    const { browser, session } = await robbed(server)
    const spent = browser.cookie('refresh')
    await present(browser)
    await present(browser)

    const reply = await server.browser().mutate('token.refresh', { refreshToken: spent })

    expect(reasonOf(reply)).toBe('REFRESH_TOKEN_REUSED')
    expect(reply.setCookies).toEqual([])
    expect((await sessionRow(server, session.id)).revokedReason).toBe('reuse')
  })

  it('of a user whose sessions have all been disowned revokes nothing more', async () => {
    const { browser, user, session, thief } = await robbed(server)
    await present(browser)
    await present(browser)
    await server.database.orm.update(users).set({ suspendedAt: new Date() }).where(eq(users.id, user.id))

    expect(reasonOf(await present(thief))).toBe('SESSION_REVOKED')
    expect((await sessionRow(server, session.id)).revokedAt).toBeNull()
  })
})

it('with REUSE_REVOKES=session, theft costs this session only', async () => {
  const server = await startTestServer({ environment: { REUSE_REVOKES: 'session' } })
  const { browser, user, session, other, thief } = await robbed(server)
  await present(browser)
  await present(browser)

  expect(reasonOf(await present(thief))).toBe('REFRESH_TOKEN_REUSED')

  expect((await sessionRow(server, session.id)).revokedReason).toBe('reuse')
  expect((await userRow(server, user.id)).tokenVersion).toBe(0)
  expect((await present(other.browser)).status).toBe(200)
  await server.close()
})
