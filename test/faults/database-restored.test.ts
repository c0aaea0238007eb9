import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Fleet,
  newPerson,
  ownNetwork,
  password,
  patiently,
  refreshing,
  rowOf,
  startFleet,
} from '../harness/fleet.ts'
import { reasonOf } from '../harness/test-browser.ts'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ instances: 2 })
})
afterAll(() => fleet?.close())

const everybodyIsReady = () =>
  expect
    .poll(() => Promise.all(fleet.members.map((member) => member.isReady())), { timeout: 30_000 })
    .toEqual([true, true])

describe('the database is restored from a backup while people are signed in', () => {
  it('refuses tokens that are newer than it and raises the alarm, revokes nothing, and lets people sign in again', async () => {
    const quiet = await newPerson(fleet.member(0))
    const busy = await newPerson(fleet.member(0))
    await refreshing(busy.browser)
    const copied = busy.browser.clone()
    await fleet.postgres.stop()
    fleet.postgres.backUp()
    await fleet.postgres.start()
    await everybodyIsReady()
    for (let rotation = 0; rotation < 2; rotation++)
      expect((await patiently(() => refreshing(busy.browser))).status).toBe(200)
    const late = await newPerson(fleet.member(1))

    await fleet.postgres.stop()
    fleet.postgres.restore()
    await fleet.postgres.start()
    await everybodyIsReady()

    const newer = await refreshing(busy.browser)
    expect(newer.status).toBe(401)
    expect(reasonOf(newer)).toBe('NOT_SIGNED_IN')
    expect(newer.setCookies).toEqual([])
    const alarm = { event: 'refresh_alarm', sessionId: busy.session.id, why: 'future_generation' }
    await expect.poll(() => fleet.takeErrors(), { timeout: 10_000 }).toMatchObject([alarm])
    expect(await rowOf(fleet, busy.session.id)).toEqual({ generation: 1, revoked: null })

    // Whoever has not refreshed since the backup notices nothing.
    expect((await refreshing(quiet.browser)).status).toBe(200)
    expect((await quiet.browser.api.auth.whoami.query()).sessionId).toBe(quiet.session.id)

    // An account that is younger than the backup is gone; its address is free again.
    const gone = await refreshing(late.browser)
    expect([gone.status, reasonOf(gone)]).toEqual([401, 'NOT_SIGNED_IN'])
    expect(late.browser.cookie('refresh')).toBeUndefined()
    const again = { email: late.email, password }
    expect((await fleet.member(1).browser(ownNetwork()).mutate('auth.signUp', again)).status).toBe(200)

    const back = await busy.browser.mutate('auth.signIn', { email: busy.email, password })
    expect(back.status).toBe(200)
    // The sign-in came with the cookie that does not fit; from then on the browser has a better one.
    await expect.poll(() => fleet.takeErrors(), { timeout: 10_000 }).toMatchObject([alarm])
    expect((await refreshing(busy.browser)).status).toBe(200)
    // The session that the backup brought back shows among the devices, where its owner can end it.
    const devices = await busy.browser.api.session.list.query()
    expect(devices.map(({ id }) => id)).toContain(busy.session.id)
    await busy.browser.api.session.revoke.mutate({ sessionId: busy.session.id })
    expect((await refreshing(copied)).status).toBe(401)
  })
})
