import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fleet, newPerson, refreshing, rowOf, startFleet, untilRevocationBites } from '../harness/fleet.ts'
import { shiftedClock } from '../harness/shifted-clock.ts'
import { minutes, seconds } from '../harness/test-clock.ts'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({
    instances: 3,
    environment: { ACCESS_TOKEN_TTL: '10s' },
    preloads: [shiftedClock(minutes(5)), shiftedClock(0), shiftedClock(minutes(-5))],
  })
})
afterAll(() => fleet?.close())

describe('three instances, five minutes ahead, right, and five minutes behind', () => {
  it('really disagree about the hour', () => {
    const minutesAhead = fleet.members.map((member) => (Number(member.lines().at(-1)?.time) - Date.now()) / minutes(1))

    for (const [index, shift] of [5, 0, -5].entries()) expect(minutesAhead[index]).toBeCloseTo(shift, 0)
  })

  it('accept each other’s tokens, and rotate only when a token has expired', async () => {
    for (const issuer of fleet.members) {
      const { browser, session } = await newPerson(issuer)
      const signedInAt = performance.now()
      for (let turn = 0; turn < 12; turn++) {
        const reply = await browser.at(fleet.member(turn % 3).url).query('auth.whoami')
        expect(reply.status).toBe(200)
        if (performance.now() - signedInAt < seconds(9)) expect(reply.setCookies).toEqual([])
      }
      expect((await rowOf(fleet, session.id)).generation).toBe(0)

      for (const [index, { url }] of fleet.members.entries()) {
        const twin = browser.at(url)
        const reply = await refreshing(twin)
        expect(reply.status).toBe(200)
        expect(reply.setCookies[0]).toMatch(/^access=.*Max-Age=(9|10);/)
        browser.keep(reply.setCookies)
        expect(await rowOf(fleet, session.id)).toEqual({ generation: index + 1, revoked: null })
      }
    }
  })

  it('agree on when an access token has expired', async () => {
    const holders = await Promise.all(fleet.members.map(newPerson))
    const issuedAt = performance.now()
    const lastAccepted = new Map<string, number>()
    const accepts = async (url: string, token: string | undefined) => {
      const askedAt = performance.now() - issuedAt
      const reply = await fetch(`${url}/trpc/auth.whoami`, { headers: { authorization: `Bearer ${token}` } })
      if (reply.ok) lastAccepted.set(`${url} ${token}`, askedAt)
      return reply.ok
    }
    for (;;) {
      const asked = holders.flatMap(({ browser }) =>
        fleet.members.map(({ url }) => accepts(url, browser.cookie('access'))),
      )
      if ((await Promise.all(asked)).every((accepted) => !accepted)) break
      await delay(100)
    }

    expect(lastAccepted.size).toBe(9)
    // Its life of ten seconds, five of tolerance, and what rounding and a late reading of the clock may add.
    for (const moment of lastAccepted.values()) {
      expect(moment).toBeGreaterThan(seconds(8))
      expect(moment).toBeLessThan(seconds(18))
    }
  })

  it('keep the retry window, and revoke across each other at once', async () => {
    const { browser, session } = await newPerson(fleet.member(0))
    browser.drop('access')
    const lost = browser.clone()
    await lost.query('auth.whoami')

    for (const { url } of fleet.members) expect((await browser.at(url).query('auth.whoami')).status).toBe(200)
    expect(await rowOf(fleet, session.id)).toEqual({ generation: 1, revoked: null })
    expect(await untilRevocationBites(fleet.member(2), fleet.member(0))).toBeLessThan(seconds(5))
    expect(await untilRevocationBites(fleet.member(0), fleet.member(2))).toBeLessThan(seconds(5))
  })
})
