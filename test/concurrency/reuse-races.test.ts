import { expect, it } from 'vitest'
import { holdLock } from '../harness/held-lock.ts'
import { eventsOf, sessionRow, userRow } from '../harness/rows.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

/** A device whose first token was copied before it was spent, long ago, and another device of the same person. */
async function copiedLongAgo(server: TestServer) {
  const { browser, email, user, session } = await signedUp(server)
  const other = await signedIn(server, email)
  const copy = browser.at(server.instances[1]?.url ?? '')
  for (const each of [browser, copy]) each.drop('access')
  await browser.query('auth.whoami')
  browser.drop('access')
  server.clock.advance(minutes(1))
  return { browser, copy, user, session, other }
}

it.each(['30s', '0s'])(
  'a late retry that meets the next rotation is looked at again, and is theft by then (window %s)',
  async (window) => {
    const server = await startTestServer({ instances: 2, environment: { REFRESH_RETRY_WINDOW: window } })
    const { browser, copy, user, session, other } = await copiedLongAgo(server)
    const url = server.testDatabase.url ?? ''
    const held = await holdLock(url, `select 1 from sessions where id = '${session.id}' for update`)
    const rotation = browser.query('auth.whoami')
    await held.waiting(1)
    const late = copy.query('auth.whoami')
    await held.waiting(2)
    await held.release()

    expect((await rotation).status).toBe(200)
    expect(reasonOf(await late)).toBe('REFRESH_TOKEN_REUSED')
    expect((await sessionRow(server, other.session.id)).revokedReason).toBe('reuse')
    expect((await eventsOf(server, user.id)).map(({ kind }) => kind)).toContain('token_reused')
    await server.close()
  },
)

it('a theft and a sign-out everywhere do not deadlock', async () => {
  const server = await startTestServer({ instances: 2 })
  const { browser, copy, user, session, other } = await copiedLongAgo(server)
  await browser.query('auth.whoami')
  const held = await holdLock(server.testDatabase.url ?? '', 'lock table security_events in exclusive mode')
  // The stolen session is written, and the event of it waits; then comes whoever wants every session.
  const theft = copy.query('auth.whoami')
  await held.waiting(1)
  const everywhere = other.browser.mutate('session.revokeAll')
  await held.waiting(2)
  await held.release()

  expect(reasonOf(await theft)).toBe('REFRESH_TOKEN_REUSED')
  expect((await everywhere).status).toBe(200)
  expect((await sessionRow(server, session.id)).revokedReason).toBe('reuse')
  expect((await userRow(server, user.id)).tokenVersion).toBe(2)
  await server.close()
})
