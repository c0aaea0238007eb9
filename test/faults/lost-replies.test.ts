import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fleet, newPerson, patiently, refreshing, rowOf, startFleet } from '../harness/fleet.ts'
import { holdLock } from '../harness/held-lock.ts'
import { startTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts'
import { reasonOf } from '../harness/test-browser.ts'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ instances: 2 })
})
afterAll(() => fleet?.close())

const generationOf = async (sessionId: string) => (await rowOf(fleet, sessionId)).generation

describe('the wire between server and database is cut', () => {
  it('after the rotation was committed, before its reply: 503, and the retry gets the token that was committed', async () => {
    const { browser, session } = await newPerson(fleet.member(0))
    const { wire } = fleet.member(0)
    const elsewhere = browser.at(fleet.member(1).url)
    const lock = await holdLock(fleet.postgres.url, `select 1 from sessions where id = '${session.id}' for update`)
    const asking = refreshing(browser)
    await lock.waiting(1)
    wire.hold('toClient')
    await lock.release()
    await expect.poll(() => generationOf(session.id), { timeout: 5_000 }).toBe(1)
    wire.cut()
    wire.release()

    const reply = await asking

    expect(reply.status).toBe(503)
    expect(reasonOf(reply)).toBe('TEMPORARILY_UNAVAILABLE')
    expect(reply.setCookies).toEqual([])
    const before = browser.cookie('refresh')
    expect((await patiently(() => browser.query('auth.whoami'))).status).toBe(200)
    expect((await patiently(() => refreshing(elsewhere))).status).toBe(200)
    expect(browser.cookie('refresh')).not.toBe(before)
    expect(elsewhere.cookie('refresh')).toBe(browser.cookie('refresh'))
    expect(await rowOf(fleet, session.id)).toEqual({ generation: 1, revoked: null })
  })

  it('before the statement arrived: 503, nothing was changed, and the retry rotates', async () => {
    const { browser, session } = await newPerson(fleet.member(0))
    const { wire } = fleet.member(0)
    wire.hold('toServer')
    const asking = refreshing(browser)
    await expect.poll(() => wire.held('toServer'), { timeout: 5_000 }).toContain('with family')
    wire.cut()
    wire.release()

    const reply = await asking

    expect(reply.status).toBe(503)
    expect(reply.setCookies).toEqual([])
    expect(await generationOf(session.id)).toBe(0)
    expect((await patiently(() => browser.query('auth.whoami'))).status).toBe(200)
    expect(await rowOf(fleet, session.id)).toEqual({ generation: 1, revoked: null })
  })
})

describe('the wire between browser and server is cut', () => {
  let front: TcpProxy
  beforeAll(async () => {
    front = await startTcpProxy({ port: Number(new URL(fleet.member(0).url).port) })
  })
  afterAll(() => front?.close())

  it('after the rotation, before its reply: the retry, by any instance, gets the identical token', async () => {
    const { browser, session } = await newPerson(fleet.member(0))
    const through = browser.at(front.through(browser.baseUrl))
    front.hold('toClient')
    const asking = refreshing(through).catch(() => 'no answer')
    await expect.poll(() => generationOf(session.id), { timeout: 5_000 }).toBe(1)
    front.cut()
    front.release()

    expect(await asking).toBe('no answer')
    const elsewhere = browser.at(fleet.member(1).url)
    expect((await through.query('auth.whoami')).status).toBe(200)
    expect((await refreshing(elsewhere)).status).toBe(200)
    expect(elsewhere.cookie('refresh')).toBe(through.cookie('refresh'))
    expect(await rowOf(fleet, session.id)).toEqual({ generation: 1, revoked: null })
  })

  it('before the request arrived: nothing was changed, and the retry rotates', async () => {
    const { browser, session } = await newPerson(fleet.member(0))
    const through = browser.at(front.through(browser.baseUrl))
    front.hold('toServer')
    const asking = refreshing(through).catch(() => 'no answer')
    await expect.poll(() => front.held('toServer'), { timeout: 5_000 }).toContain('auth.whoami')
    front.cut()
    front.release()

    expect(await asking).toBe('no answer')
    expect(await generationOf(session.id)).toBe(0)
    expect((await through.query('auth.whoami')).status).toBe(200)
    expect(await generationOf(session.id)).toBe(1)
  })
})

it('a server is killed after its rotation was committed: the retry on another gets the committed token', async () => {
  const { browser, session } = await newPerson(fleet.member(0))
  const { wire } = fleet.member(0)
  const lock = await holdLock(fleet.postgres.url, `select 1 from sessions where id = '${session.id}' for update`)
  const asking = refreshing(browser).catch(() => 'no answer')
  await lock.waiting(1)
  wire.hold('toClient')
  await lock.release()
  await expect.poll(() => generationOf(session.id), { timeout: 5_000 }).toBe(1)
  await fleet.member(0).kill()
  wire.cut()
  wire.release()

  expect(await asking).toBe('no answer')
  const elsewhere = browser.at(fleet.member(1).url)
  expect((await elsewhere.query('auth.whoami')).status).toBe(200)
  await fleet.member(0).start()
  expect((await refreshing(browser)).status).toBe(200)
  expect(browser.cookie('refresh')).toBe(elsewhere.cookie('refresh'))
  expect(await rowOf(fleet, session.id)).toEqual({ generation: 1, revoked: null })
})
