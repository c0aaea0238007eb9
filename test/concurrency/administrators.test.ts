import { eq, like } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { attempts, auditEvents, setUpLinks, users } from '../../server/database/schema.ts'
import { grantRole } from '../../server/grant-role.ts'
import { offerSetUp } from '../../server/user/set-up-link.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { holdLock } from '../harness/held-lock.ts'
import { refusalReason } from '../harness/test-browser.ts'
import { minutes } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

// Each round signs people in, and hashing takes its time.
vi.setConfig({ testTimeout: 60_000 })

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ instances: 3, environment: { TRUSTED_PROXIES: '127.0.0.1,::1' } })
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.database.orm.update(users).set({ role: 'user' })
  await server.database.orm.delete(attempts).where(like(attempts.key, 'sign-%'))
})

const reason = 'Leaving'
const on = (index: number) => server.instances[index % 3] ?? server
const administrators = () => server.database.orm.$count(users, eq(users.role, 'admin'))

/** What a call came to: its answer, or the reason of its refusal. */
const outcome = (call: Promise<{ changed: boolean }>) =>
  call.then(
    ({ changed }) => (changed ? 'done' : 'unchanged'),
    () => refusalReason(call),
  )

it('of two administrators who demote each other at once, one stays', async () => {
  for (let round = 0; round < 3; round++) {
    await server.database.orm.update(users).set({ role: 'user' })
    const one = await signedInAdministrator(on(0))
    const other = await signedInAdministrator(on(1))
    const demote = ({ browser }: typeof one, { user }: typeof one, index: number) =>
      outcome(browser.at(on(index).url).api.admin.changeRole.mutate({ userId: user.id, role: 'user', reason }))

    const outcomes = await Promise.all([demote(one, other, 0), demote(other, one, 1)])

    expect(await administrators()).toBe(1)
    expect(outcomes.filter((result) => result === 'done')).toHaveLength(1)
    // The loser's session has ended, or their role was found gone in the database.
    expect(['NOT_ALLOWED', 'SESSION_REVOKED', 'NOT_SIGNED_IN']).toContain(outcomes.find((result) => result !== 'done'))
  }
})

it('of two whose acts wait for each other, the second finds that they are no administrator any more', async () => {
  const one = await signedInAdministrator(on(0))
  const other = await signedInAdministrator(on(1))
  const demote = ({ browser }: typeof one, { user }: typeof one, index: number) =>
    outcome(browser.at(on(index).url).api.admin.changeRole.mutate({ userId: user.id, role: 'user', reason }))
  const held = await holdLock(server.testDatabase.url ?? '', 'select pg_advisory_xact_lock(7305884)')

  const first = demote(one, other, 0)
  await held.waiting(1)
  const second = demote(other, one, 1)
  await held.waiting(2)
  await held.release()

  expect([await first, await second]).toEqual(['done', 'NOT_ALLOWED'])
  expect(await administrators()).toBe(1)
})

it('of three who suspend and demote each other in a circle, somebody is left who can act', async () => {
  for (let round = 0; round < 3; round++) {
    await server.database.orm.update(users).set({ role: 'user' })
    const circle = [
      await signedInAdministrator(on(0)),
      await signedInAdministrator(on(1)),
      await signedInAdministrator(on(2)),
    ]
    await Promise.all(
      circle.map(({ browser }, index) => {
        const userId = circle[(index + 1) % 3]?.user.id ?? ''
        const { admin } = browser.at(on(index).url).api
        return outcome(
          index % 2 === 0
            ? admin.suspendUser.mutate({ userId, reason })
            : admin.changeRole.mutate({ userId, role: 'user', reason }),
        )
      }),
    )
    const rows = await server.database.orm.select().from(users).where(eq(users.role, 'admin'))
    expect(rows.filter(({ suspendedAt }) => suspendedAt === null).length).toBeGreaterThan(0)
  }
})

it('of two operators who demote the last two administrators at once, one is refused', async () => {
  const one = await signedInAdministrator(server)
  const other = await signedInAdministrator(server)
  const demote = (email: string, index: number) => grantRole(on(index).database, server.clock, { email, role: 'user' })

  const outcomes = await Promise.all([demote(one.email, 0), demote(other.email, 1)])

  expect(outcomes.sort()).toEqual(['done', 'notAllowed'])
  expect(await administrators()).toBe(1)
})

it('a link used twice at once makes one administrator', async () => {
  server.clock.advance(minutes(2))
  const token = await server.database.orm.transaction((transaction) => offerSetUp(transaction, server.clock))
  const people = [await signedUp(on(0)), await signedUp(on(1)), await signedUp(on(2))]

  const outcomes = await Promise.all(
    people.map(({ browser }) =>
      browser.mutate('account.becomeFirstAdministrator', { token }).then(({ status }) => status),
    ),
  )

  expect(outcomes.sort()).toEqual([200, 400, 400])
  expect(await administrators()).toBe(1)
})

it('instances that start at once print one link', async () => {
  await server.database.orm.delete(setUpLinks)
  const offers = await Promise.all(
    [0, 1, 2, 3, 4].map((index) =>
      on(index).database.orm.transaction((transaction) => offerSetUp(transaction, server.clock)),
    ),
  )
  expect(offers.filter((token) => token !== null)).toHaveLength(1)
  expect(await server.database.orm.$count(setUpLinks)).toBe(1)
})

it('two who sign the same devices out at once do it once, and write it down once', async () => {
  const one = await signedInAdministrator(on(0))
  const other = await signedInAdministrator(on(1))
  const headers = { 'x-forwarded-for': '192.0.2.44' }
  for (let index = 0; index < 6; index++) await signedUp(on(index), { headers })
  const sessions = { filter: { network: '192.0.2.0/24' }, expectedCount: 6, reason }
  const before = await server.database.orm.$count(auditEvents)

  const answers = await Promise.all(
    [one, other].map(({ browser }) => browser.api.admin.revokeSessions.mutate(sessions)),
  )

  expect(answers).toContainEqual({ status: 'revoked', revokedCount: 6 })
  expect(answers).toContainEqual({ status: 'countChanged', count: 0 })
  expect(await server.database.orm.$count(auditEvents)).toBe(before + 1)
})
