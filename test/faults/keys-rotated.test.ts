import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCrowd } from '../harness/crowd.ts'
import { type Fleet, fleetSecret, newPerson, patiently, refreshing, rowOf, startFleet } from '../harness/fleet.ts'
import { reasonOf, type TestBrowser } from '../harness/test-browser.ts'

const newSecret = 'another secret that is as long and as random as the first'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ instances: 2 })
})
afterAll(() => fleet?.close())

const urls = () => fleet.members.map(({ url }) => url)
const people = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => newPerson(fleet.member(index % 2))))

/** The key that signed the browser's access token. */
function keyOf(browser: TestBrowser): string {
  const [header = ''] = (browser.cookie('access') ?? '').split('.')
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid
}

const publishedKeys = async () => {
  const reply = await fetch(`${fleet.member(0).url}/.well-known/jwks.json`)
  return ((await reply.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
}

describe('SECRET is rotated, one instance after the other', () => {
  it('nobody who comes by meanwhile is signed out', async () => {
    const signedIn = await people(6)
    const idle = await newPerson(fleet.member(0))
    const crowd = startCrowd(
      signedIn.map(({ browser }) => browser),
      urls(),
    )
    const [before] = await fleet.sql`select id from signing_keys`

    for (const SECRET of [`${fleetSecret},${newSecret}`, `${newSecret},${fleetSecret}`, newSecret])
      for (const member of fleet.members) {
        await crowd.more(30)
        await member.stop()
        member.environment = { ...member.environment, SECRET }
        await member.start()
      }
    await crowd.more(60)

    expect(await crowd.stop()).toEqual([])
    for (const { session } of signedIn) expect((await rowOf(fleet, session.id)).revoked).toBeNull()
    // The signing key has been wrapped again, and signs on.
    expect(await fleet.sql`select id from signing_keys`).toEqual([before])

    // Whoever was away until the old secret was gone has to sign in; or its return brings them back.
    const away = await refreshing(idle.browser)
    expect([away.status, reasonOf(away)]).toEqual([401, 'NOT_SIGNED_IN'])
    expect(away.setCookies).toEqual([])
    await fleet.member(0).stop()
    fleet.member(0).environment = { ...fleet.member(0).environment, SECRET: `${newSecret},${fleetSecret}` }
    await fleet.member(0).start()
    expect((await refreshing(idle.browser)).status).toBe(200)
  })
})

describe('the signing key is rotated and revoked under load', () => {
  it('nobody notices: cookies refresh within the request', async () => {
    const signedIn = await people(6)
    const { browser: witness } = await newPerson(fleet.member(0))
    const old = keyOf(witness)
    const crowd = startCrowd(
      signedIn.map(({ browser }) => browser),
      urls(),
    )
    await crowd.more(30)

    // Its time has come: the successor is published, and signs a day later. Here it signs at once.
    await fleet.sql`update signing_keys set signs_from = signs_from - interval '40 days'`
    await expect.poll(publishedKeys, { timeout: 30_000 }).toHaveLength(2)
    await fleet.sql`update signing_keys set signs_from = now() where trusted_until is null`
    const [successor] = await fleet.sql<{ id: string }[]>`select id from signing_keys where trusted_until is null`
    const signsAnew = async () => {
      await patiently(() => refreshing(witness))
      return keyOf(witness)
    }
    const oldToken = witness.clone()
    await expect.poll(signsAnew, { timeout: 10_000 }).toBe(successor?.id)
    expect(keyOf(oldToken)).toBe(old)
    const accepted = await oldToken.query('auth.whoami')
    expect(accepted.status).toBe(200)
    expect(accepted.setCookies).toEqual([])
    await crowd.more(60)

    await fleet.sql`update signing_keys set revoked_at = now() where id = ${old}`
    await expect.poll(publishedKeys, { timeout: 10_000 }).toEqual([successor?.id])
    await crowd.more(60)

    expect(await crowd.stop()).toEqual([])
    for (const { session } of signedIn) expect((await rowOf(fleet, session.id)).revoked).toBeNull()
  })

  it('even if every key is revoked at once', async () => {
    const signedIn = await people(6)
    const { browser: witness } = await newPerson(fleet.member(1))
    const compromised = keyOf(witness)
    const crowd = startCrowd(
      signedIn.map(({ browser }) => browser),
      urls(),
    )
    await crowd.more(30)

    await fleet.sql`update signing_keys set revoked_at = now()`

    await crowd.more(120)
    expect(await crowd.stop()).toEqual([])
    const reply = await patiently(() => witness.query('auth.whoami'))
    expect(reply.status).toBe(200)
    expect(keyOf(witness)).not.toBe(compromised)
    const published = await publishedKeys()
    expect(published).toContain(keyOf(witness))
    expect(published).not.toContain(compromised)
  })
})
