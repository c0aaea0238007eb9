import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCrowd } from '../harness/crowd.ts'
import {
  type Fleet,
  newPerson,
  password,
  patiently,
  refreshing,
  rowOf,
  startFleet,
  untilNotified,
  untilRevocationBites,
} from '../harness/fleet.ts'
import { holdLock } from '../harness/held-lock.ts'
import { type Reply, reasonOf, type TestBrowser } from '../harness/test-browser.ts'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ instances: 3 })
})
afterAll(() => fleet?.close())

const urls = () => fleet.members.map(({ url }) => url)
const people = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => newPerson(fleet.member(index % 3))))

/** "Try again", and whoever asked is as signed in as before. */
function expectUnavailable(reply: Reply) {
  expect(reply.status).toBe(503)
  expect(reasonOf(reply)).toBe('TEMPORARILY_UNAVAILABLE')
  expect(reply.setCookies).toEqual([])
}

const everybodyIsReady = () =>
  expect
    .poll(() => Promise.all(fleet.members.map((member) => member.isReady())), { timeout: 30_000 })
    .toEqual([true, true, true])

/** Revocations reach every member again, as fast as before. */
async function everybodyHears() {
  for (const [index, member] of fleet.members.entries()) {
    await untilRevocationBites(member, fleet.member((index + 1) % 3))
    await untilNotified(member, fleet.member((index + 1) % 3))
  }
}

describe('every connection to the database is terminated, again and again', () => {
  it('nobody notices but by a moment of waiting', async () => {
    const signedIn = await people(6)
    const crowd = startCrowd(
      signedIn.map(({ browser }) => browser),
      urls(),
    )
    for (let time = 0; time < 3; time++) {
      await crowd.more(60)
      await fleet.sql`
        select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`
    }
    await crowd.more(60)

    expect(await crowd.stop()).toEqual([])
    for (const { session } of signedIn) expect((await rowOf(fleet, session.id)).revoked).toBeNull()
    await everybodyHears()
  })
})

describe('connections to the database are cut at whatever moment, over and over', () => {
  it('no process ends, nobody is signed out', async () => {
    const signedIn = await people(6)
    const crowd = startCrowd(
      signedIn.map(({ browser }) => browser),
      urls(),
    )
    for (let cut = 0; cut < 120; cut++) {
      fleet.member(cut % 3).wire.cut()
      await delay((cut * 7) % 23)
    }
    await crowd.more(60)

    expect(await crowd.stop()).toEqual([])
    for (const { session } of signedIn) expect((await rowOf(fleet, session.id)).revoked).toBeNull()
    expect(fleet.members.map((member) => member.isRunning())).toEqual([true, true, true])
    await everybodyHears()
  })
})

describe.each(['fast', 'immediate'] as const)('Postgres is stopped (%s)', (mode) => {
  it('answers 503 without touching a cookie, and goes on when it is back, nothing lost', async () => {
    const { browser, email, session } = await newPerson(fleet.member(0))
    const { browser: page, session: open } = await newPerson(fleet.member(1))
    await refreshing(browser)
    const confirmed = browser.cookie('refresh')

    await fleet.postgres.stop(mode)
    for (const url of urls()) expectUnavailable(await refreshing(browser.at(url)))
    expectUnavailable(await browser.query('auth.current'))
    expectUnavailable(await browser.mutate('auth.refresh'))
    expectUnavailable(await fleet.member(2).browser().mutate('auth.signIn', { email, password }))
    expectUnavailable(await fleet.member(2).browser().mutate('token.refresh', { refreshToken: confirmed }))
    expect(browser.cookie('refresh')).toBe(confirmed)
    // The bound of the feed: until it has passed, a good access token suffices; after that nobody may rely on it.
    const status = () => page.query('auth.whoami').then((reply) => reply.status)
    await expect.poll(status, { interval: 100, timeout: 10_000 }).toBe(503)
    expectUnavailable(await page.query('session.list'))
    expect(await Promise.all(fleet.members.map((member) => member.isReady()))).toEqual([false, false, false])
    expect((await fetch(`${fleet.member(0).url}/livez`)).status).toBe(200)

    await fleet.postgres.start()
    await everybodyIsReady()

    expect((await page.api.auth.whoami.query()).sessionId).toBe(open.id)
    expect((await refreshing(browser)).status).toBe(200)
    expect(await rowOf(fleet, session.id)).toEqual({ generation: 2, revoked: null })
    await everybodyHears()
  })
})

describe('every connection of the pool waits for somebody else', () => {
  it('answers 503 in bounded time, signs nobody out, and goes on when the lock is gone', async () => {
    const blocked = await people(15)
    const [bystander] = await people(1)
    const member = fleet.member(0)
    const ids = blocked.map(({ session }) => `'${session.id}'`).join(',')
    const lock = await holdLock(fleet.postgres.url, `select 1 from sessions where id in (${ids}) for update`)

    const startedAt = performance.now()
    const replies = await Promise.all(blocked.map(({ browser }) => refreshing(browser.at(member.url))))
    const waited = performance.now() - startedAt
    const meanwhile = await bystander?.browser.at(member.url).query('auth.whoami')
    await lock.release()

    for (const reply of replies) expectUnavailable(reply)
    expect(waited).toBeLessThan(12_000)
    expect([200, 503]).toContain(meanwhile?.status)
    const refresh = async (browser: TestBrowser) => (await patiently(() => refreshing(browser.at(member.url)))).status
    expect(await Promise.all(blocked.map(({ browser }) => refresh(browser)))).toEqual(Array(15).fill(200))
    for (const { session } of blocked) expect(await rowOf(fleet, session.id)).toEqual({ generation: 1, revoked: null })
  })
})
