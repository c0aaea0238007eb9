import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEvents } from '../../server/database/schema.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { userRow } from '../harness/rows.ts'
import { reasonOf } from '../harness/test-browser.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const reason = 'Asked for by mail'

describe('the audit', () => {
  it.each([
    ['update', sql`update ${auditEvents} set reason = 'nothing happened'`],
    ['delete', sql`delete from ${auditEvents}`],
    ['delete that fits nothing', sql`delete from ${auditEvents} where id < 0`],
    ['truncate', sql`truncate ${auditEvents}`],
    ['truncate of everything', sql`truncate users, sessions, ${auditEvents} cascade`],
  ])('keeps what it has against an %s', async (_name, statement) => {
    const admin = await signedInAdministrator(server)
    const { user } = await signedUp(server)
    await admin.browser.api.admin.suspendUser.mutate({ userId: user.id, reason })
    const before = await server.database.orm.select().from(auditEvents)

    const refused = await Promise.resolve(server.database.orm.execute(statement)).catch((error: Error) => error)

    expect(String((refused as Error).cause)).toContain('audit events are only ever added')
    expect(await server.database.orm.select().from(auditEvents)).toEqual(before)
  })

  it('and the act are one: an act that cannot be recorded does not happen', async () => {
    const admin = await signedInAdministrator(server)
    const { browser, user } = await signedUp(server)
    await server.database.orm.execute(
      sql`alter table audit_events add constraint full_disk check (reason <> 'unrecorded')`,
    )

    const reply = await admin.browser.mutate('admin.suspendUser', { userId: user.id, reason: 'unrecorded' })

    expect([reply.status, reasonOf(reply)]).toEqual([500, 'INTERNAL_ERROR'])
    expect(JSON.stringify(reply.body)).not.toMatch(/full_disk|audit_events|unrecorded/)
    expect(server.takeErrors()).toHaveLength(1)
    expect(await userRow(server, user.id)).toMatchObject({ suspendedAt: null })
    expect((await browser.query('auth.whoami')).status).toBe(200)
    await server.database.orm.execute(sql`alter table audit_events drop constraint full_disk`)
  })

  it('is read by actor, target, action and time, page by page, and outlives the people in it', async () => {
    const admin = await signedInAdministrator(server)
    const { api } = admin.browser
    const gone = await signedUp(server)
    await api.admin.suspendUser.mutate({ userId: gone.user.id, reason })
    await api.admin.restoreUser.mutate({ userId: gone.user.id, reason })
    const actions = async (filter: object) => (await api.admin.audit.query(filter)).events.map(({ action }) => action)

    expect(await actions({ targetId: gone.user.id })).toEqual(['user_restored', 'user_suspended'])
    expect(await actions({ actorId: admin.user.id })).toEqual(['user_restored', 'user_suspended'])
    expect(await actions({ actorId: admin.user.id, action: 'user_suspended' })).toEqual(['user_suspended'])
    const until = new Date(server.clock.now()).toISOString()
    expect(await actions({ actorId: admin.user.id, until })).toEqual([])
    expect(await actions({ actorId: admin.user.id, since: until })).toHaveLength(2)
    const first = await api.admin.audit.query({ actorId: admin.user.id, limit: 1 })
    const second = await api.admin.audit.query({ actorId: admin.user.id, limit: 1, cursor: first.nextCursor ?? '' })
    expect([first.nextCursor !== null, second.nextCursor]).toEqual([true, null])
    expect(second.events).toMatchObject([{ action: 'user_suspended' }])

    await server.database.orm.execute(sql`delete from users where id = ${gone.user.id}`)
    const { events } = await api.admin.audit.query({ targetId: gone.user.id })
    expect(events).toHaveLength(2)
    expect(events[0]?.target).toEqual({ kind: 'user', id: gone.user.id, email: null })
  })
})
