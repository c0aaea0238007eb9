import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completed } from '../harness/completed.ts'
import { fleetSecret, newPerson, ownNetwork, password, refreshing } from '../harness/fleet.ts'
import { type Pooler, startPooler } from '../harness/pooler.ts'
import { createPostgresServer, type PostgresServer } from '../harness/postgres-server.ts'
import { createSpawnedServer, type SpawnedServer } from '../harness/spawned-server.ts'

/** Two instances whose queries go through PgBouncer in transaction mode, while they listen on a connection of their own. */

let database: PostgresServer
let pooler: Pooler
let sql: Sql
let members: SpawnedServer[]
beforeAll(async () => {
  database = await createPostgresServer()
  await database.start()
  pooler = await startPooler(database.port)
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
  const environment = {
    SECRET: fleetSecret,
    DATABASE_URL: pooler.through(database.url),
    DATABASE_LISTEN_URL: database.url,
    TRUSTED_PROXIES: '127.0.0.1',
  }
  members = await Promise.all([1, 2].map(() => createSpawnedServer({ environment })))
  await Promise.all(members.map((member) => member.start()))
})
afterAll(async () => {
  await Promise.all(members.map((member) => member.destroy()))
  await sql.end({ timeout: 1 })
  await pooler.stop()
  await database.destroy()
})

const member = (index: number): SpawnedServer => {
  const found = members[index]
  if (!found) throw new Error('There are two instances')
  return found
}

describe('through PgBouncer in transaction mode', () => {
  it('people sign in, refresh, list and sign out', async () => {
    const { browser, email, session } = await newPerson(member(0))
    expect((await refreshing(browser)).status).toBe(200)
    const phone = member(1).browser(ownNetwork())
    await phone.api.auth.signIn.mutate({ email, password })

    const listed = await browser.api.session.list.query()

    expect(listed.map(({ id }) => id)).toContain(session.id)
    expect(listed).toHaveLength(2)
    expect(await phone.api.auth.signOut.mutate()).toEqual({ signedOut: true })
  })

  it('a revocation on one instance bites on the other within a second, by notification', async () => {
    const { browser, email } = await newPerson(member(0))
    const phone = member(1).browser(ownNetwork())
    const { session } = completed(await phone.api.auth.signIn.mutate({ email, password }))
    expect((await phone.query('auth.whoami')).status).toBe(200)

    await browser.api.session.revoke.mutate({ sessionId: session.id })

    await expect
      .poll(async () => (await phone.clone().query('auth.whoami')).status, { interval: 5, timeout: 1_000 })
      .toBe(401)
  })

  it('ten people refresh in four tabs each, on both instances at once, and end with one successor each', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => newPerson(member(0))))

    const replies = await Promise.all(
      people.flatMap(({ browser }) =>
        [0, 1, 0, 1].map(async (index) => {
          const tab = browser.at(member(index).url)
          const reply = await refreshing(tab)
          return { status: reply.status, refresh: tab.cookie('refresh') }
        }),
      ),
    )

    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    expect(new Set(replies.map(({ refresh }) => refresh)).size).toBe(people.length)
    const ids = people.map(({ session }) => session.id)
    const rows = await sql<{ generation: number }[]>`select generation from sessions where id in ${sql(ids)}`
    expect(rows.map(({ generation }) => generation)).toEqual(people.map(() => 1))
  })

  it('nothing that belongs to a connection is left behind on one that others use', async () => {
    const { browser } = await newPerson(member(0))
    await browser.api.session.revokeAll.mutate()

    const pooled = postgres(pooler.through(database.url), { max: 1, prepare: false, onnotice: () => {} })
    const left = await pooled`select count(*)::int as count from pg_prepared_statements`
    const locks = await sql`select count(*)::int as count from pg_locks where locktype = 'advisory'`
    await pooled.end({ timeout: 1 })

    expect(left).toEqual([{ count: 0 }])
    expect(locks).toEqual([{ count: 0 }])
    expect(members.flatMap((one) => one.lines()).filter(({ level }) => level >= 50)).toEqual([])
  })
})
