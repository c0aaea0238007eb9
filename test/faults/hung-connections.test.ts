import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Fleet,
  listens,
  newPerson,
  patiently,
  refreshing,
  rowOf,
  startFleet,
  untilNotified,
  untilRevocationBites,
} from '../harness/fleet.ts'
import { type Reply, reasonOf } from '../harness/test-browser.ts'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ instances: 2 })
})
afterAll(() => fleet?.close())

function expectUnavailable(reply: Reply) {
  expect(reply.status).toBe(503)
  expect(reasonOf(reply)).toBe('TEMPORARILY_UNAVAILABLE')
  expect(reply.setCookies).toEqual([])
}

describe('notifications are lost', () => {
  it('and the table, read again every second, tells instead', async () => {
    await fleet.sql`alter table sessions disable trigger session_revoked`

    expect(await untilRevocationBites(fleet.member(1), fleet.member(0))).toBeLessThan(5_000)
    await fleet.sql`alter table sessions enable trigger session_revoked`
  })

  it('because the connection that listens hangs without being closed: the table tells, and listening is taken up again', async () => {
    const { wire } = fleet.member(1)
    wire.abandon(listens)

    expect(await untilRevocationBites(fleet.member(1), fleet.member(0))).toBeLessThan(5_000)

    await untilNotified(fleet.member(1), fleet.member(0))
  })
})

describe('every connection to the database hangs without being closed', () => {
  it('answers 503 in bounded time, and what it had asked for is not done later behind the person’s back', async () => {
    const { browser, session } = await newPerson(fleet.member(0))
    const { browser: page } = await newPerson(fleet.member(0))
    const { wire } = fleet.member(0)
    wire.hold('toServer')

    const startedAt = performance.now()
    expectUnavailable(await refreshing(browser))
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    const status = () => page.query('auth.whoami').then((reply) => reply.status)
    await expect.poll(status, { timeout: 15_000 }).toBe(503)
    await delay(8_000)
    wire.release()

    const back = await patiently(() => page.query('auth.whoami'))
    expect(back.status).toBe(200)
    expect(await rowOf(fleet, session.id)).toEqual({ generation: 0, revoked: null })
    expect((await patiently(() => refreshing(browser))).status).toBe(200)
  })

  it('and stays hung, as behind a firewall that forgot it: new connections take over', async () => {
    const { browser, session } = await newPerson(fleet.member(0))
    const crowd = await Promise.all(Array.from({ length: 12 }, () => newPerson(fleet.member(0))))
    await Promise.all(crowd.map((person) => refreshing(person.browser)))
    const { wire } = fleet.member(0)
    wire.abandon()

    const replies = await Promise.all(crowd.map((person) => refreshing(person.browser)))
    for (const reply of replies) if (reply.status !== 200) expectUnavailable(reply)

    expect((await patiently(() => refreshing(browser), 40_000)).status).toBe(200)
    const statuses = await Promise.all(crowd.map((person) => patiently(() => refreshing(person.browser), 40_000)))
    expect(statuses.map((reply) => reply.status)).toEqual(crowd.map(() => 200))
    expect((await rowOf(fleet, session.id)).revoked).toBeNull()
    await expect.poll(() => fleet.member(0).isReady(), { timeout: 20_000 }).toBe(true)
  })
})
