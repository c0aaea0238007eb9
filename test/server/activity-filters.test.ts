import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalReason } from '../harness/test-browser.ts'
import { days, hours, minutes } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

describe('activity', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  /** Signed up at noon, failed an hour later, signed in elsewhere the day after. */
  async function someone() {
    const { browser, email } = await signedUp(server)
    const noon = server.clock.now()
    server.clock.advance(hours(1))
    await refusalReason(server.browser().api.auth.signIn.mutate({ email, password: 'not the password' }))
    server.clock.advance(days(1))
    const { browser: present } = await signedIn(server, email)
    return { browser: present, first: browser, email, noon }
  }

  it('is narrowed to kinds and to a time', async () => {
    const { browser, noon } = await someone()
    const kindsOf = async (filter: { kinds?: string[]; since?: string; until?: string }) =>
      (await browser.api.account.activity.query(filter)).events.map(({ kind }) => kind)

    expect(await kindsOf({})).toEqual(['signed_in', 'sign_in_failed', 'signed_in', 'signed_up'])
    expect(await kindsOf({ kinds: ['sign_in_failed', 'signed_up'] })).toEqual(['sign_in_failed', 'signed_up'])
    const later = new Date(noon + minutes(30)).toISOString()
    expect(await kindsOf({ since: later })).toEqual(['signed_in', 'sign_in_failed'])
    expect(await kindsOf({ until: later })).toEqual(['signed_in', 'signed_up'])
    expect(await kindsOf({ since: later, kinds: ['signed_up'] })).toEqual([])
  })

  it('is exported whole, with the same filter, and nobody else is in it', async () => {
    const { browser } = await someone()
    await someone()
    const { events } = await browser.api.account.exportActivity.query({})
    expect(events.map(({ kind }) => kind)).toEqual(['signed_in', 'sign_in_failed', 'signed_in', 'signed_up'])
    const failures = await browser.api.account.exportActivity.query({ kinds: ['sign_in_failed'] })
    expect(failures.events).toEqual(events.filter(({ kind }) => kind === 'sign_in_failed'))
  })

  it('is counted by day of the reader’s time zone', async () => {
    const { browser, noon } = await someone()
    const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10)
    expect(await browser.api.account.activityByDay.query({})).toEqual([
      { day: dayOf(noon), signIns: 1, failures: 1 },
      { day: dayOf(noon + days(1)), signIns: 1, failures: 0 },
    ])
    expect((await browser.api.account.activityByDay.query({ days: 1 })).length).toBe(1)
    const [first] = await browser.api.account.activityByDay.query({ timeZone: 'Pacific/Kiritimati' })
    expect(first?.day).toBe(dayOf(noon + hours(14)))
  })

  it('refuses times, zones and kinds that are none, by name', async () => {
    const { browser } = await signedUp(server)
    const since = await browser.query('account.activity', { since: 'yesterday' })
    expect(since.body).toMatchObject({
      error: { data: { reason: 'INVALID_INPUT', fields: { since: expect.any(String) } } },
    })
    const zone = await browser.query('account.activityByDay', { timeZone: "UTC'; drop table users" })
    expect(zone.body).toMatchObject({
      error: { data: { reason: 'INVALID_INPUT', fields: { timeZone: expect.any(String) } } },
    })
    const kinds = await browser.query('account.activity', { kinds: [] })
    expect(kinds.body).toMatchObject({
      error: { data: { reason: 'INVALID_INPUT', fields: { kinds: expect.any(String) } } },
    })
  })
})
