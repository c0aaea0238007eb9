import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

const laptop =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

describe('a device that was signed out says who did it', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1/32' } })
  })
  afterAll(() => server.close())

  it('the device from which its owner did', async () => {
    const { browser, email } = await signedUp(server, { userAgent: laptop })
    const { session } = await signedIn(server, email)
    await browser.api.session.revoke.mutate({ sessionId: session.id })
    const [ended] = await browser.api.session.ended.query()
    expect(ended).toMatchObject({ id: session.id, reason: 'revoked', endedBy: { device: 'Chrome on Windows' } })
  })

  it('the address from which an old copy of its token came, long after the session is over', async () => {
    const { browser, email, session } = await signedUp(server, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    const copy = server.browser({ headers: { 'x-forwarded-for': '198.51.100.66' } })
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value)
    server.clock.advance(minutes(11))
    await browser.api.auth.whoami.query()
    server.clock.advance(minutes(1))
    copy.drop('access')
    expect(await copy.api.auth.current.query()).toBeNull()

    const { browser: again } = await signedIn(server, email)
    const [ended] = await again.api.session.ended.query()
    expect(ended).toMatchObject({ id: session.id, reason: 'reuse', endedBy: { ipAddress: '198.51.100.66' } })
    const { events } = await again.api.account.activity.query({ kinds: ['late_retry'] })
    expect(events).toMatchObject([{ sessionId: session.id, reason: 'reuse', ipAddress: '198.51.100.66' }])
  })

  it('nobody, where it merely expired', async () => {
    const { email } = await signedUp(server)
    server.clock.advance(minutes(60 * 24 * 8))
    const { browser } = await signedIn(server, email)
    expect(await browser.api.session.ended.query()).toMatchObject([{ reason: 'expired', endedBy: null }])
  })
})
