import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Queryable } from '../../server/database/connect.ts'
import { serviceAccounts, serviceKeys } from '../../server/database/schema.ts'
import { createRevocationFeed } from '../../server/session/revocation-feed.ts'
import { days, seconds } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** The server's database, whose answers wait until they are let through. */
function slowDatabase() {
  let asked = () => {}
  let letThrough = () => {}
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const mayAnswer = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  const execute = async (statement: Parameters<Queryable['execute']>[0]) => {
    asked()
    const rows = await server.database.orm.execute(statement)
    await mayAnswer
    return rows
  }
  const orm = new Proxy<Queryable>(server.database.orm, {
    get: (target, name) => (name === 'execute' ? execute : Reflect.get(target, name)),
  })
  return { database: { ...server.database, listen: async () => {}, orm }, isAsked, letThrough }
}

it('an answer of the database is as old as the question', async () => {
  const { database, isAsked, letThrough } = slowDatabase()
  const feed = createRevocationFeed({ database, clock: server.clock, log: server.app.log })

  const started = feed.start()
  await isAsked
  server.clock.advance(seconds(4))
  letThrough()
  await started

  expect(feed.isFresh()).toBe(true)
  server.clock.advance(seconds(2))
  expect(feed.isFresh()).toBe(false)
  await feed.stop()
})

it('an instance that hears nothing asks the database about the very key of a service account', async () => {
  const { orm } = server.database
  const { user } = await signedUp(server)
  const now = new Date(server.clock.now())
  const account = { id: randomUUID(), ownerId: user.id, name: 'nightly report', scopes: '', createdAt: now }
  await orm.insert(serviceAccounts).values(account)
  const expiresAt = new Date(now.getTime() + days(1))
  const key = { accountId: account.id, secretHash: Buffer.alloc(32), hint: 'abcd', createdAt: now, expiresAt }
  const [live, revoked] = [randomUUID(), randomUUID()]
  await orm.insert(serviceKeys).values([
    { ...key, id: live },
    { ...key, id: revoked, revokedAt: now },
  ])
  const unread = createRevocationFeed({ database: server.database, clock: server.clock, log: server.app.log })

  expect(await unread.isRevoked(live)).toBe(false)
  expect(await unread.isRevoked(revoked)).toBe(true)
  expect(await unread.isRevoked(randomUUID())).toBe(true)
})
