import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sessions, users } from '../../server/database/schema.ts'
import { holdLock } from '../harness/held-lock.ts'
import { sessionRow } from '../harness/rows.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const lock = (table: 'users' | 'sessions', id: string) =>
  holdLock(server.testDatabase.url ?? '', `select 1 from ${table} where id = '${id}' for update`)

it('a person who is suspended while their password is being checked is not signed in', async () => {
  const { email, user } = await signedUp(server)
  const held = await lock('users', user.id)
  const suspendedAt = new Date(server.clock.now())
  const suspended = server.database.orm.update(users).set({ suspendedAt }).where(eq(users.id, user.id)).execute()
  await held.waiting(1)
  const signIn = server.browser().mutate('auth.signIn', { email, password })
  await held.waiting(2)
  await held.release()

  await suspended
  expect(reasonOf(await signIn)).toBe('INVALID_CREDENTIALS')
  expect(await server.database.orm.$count(sessions, eq(sessions.userId, user.id))).toBe(1)
})

it('a device that is revoked while it signs in again keeps the reason for which it was revoked', async () => {
  const { browser, email, session } = await signedUp(server)
  const other = await signedIn(server, email)
  const held = await lock('sessions', session.id)
  const revoked = other.browser.mutate('session.revoke', { sessionId: session.id })
  await held.waiting(1)
  const signIn = browser.mutate('auth.signIn', { email, password })
  await held.waiting(2)
  await held.release()

  expect([(await revoked).status, (await signIn).status]).toEqual([200, 200])
  expect((await sessionRow(server, session.id)).revokedReason).toBe('revoked')
})
