import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessions } from '../../server/database/schema.ts'
import { router } from '../../server/rpc/router.ts'
import { openStream } from '../harness/event-stream.ts'
import { grownSince, metricsUrl, scrape } from '../harness/scrape.ts'
import { minutes } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer({ environment: { METRICS_LISTEN: '127.0.0.1:0' } })
})
afterEach(() => server.close())

const refreshing = async (browser: Awaited<ReturnType<typeof signedUp>>['browser']) => {
  browser.drop('access')
  return browser.query('auth.whoami')
}

describe('where metrics are', () => {
  it('is the address of METRICS_LISTEN and no other', async () => {
    const elsewhere = await fetch(new URL('/', metricsUrl(server)))
    expect(elsewhere.status).toBe(404)

    for (const path of ['/metrics', '/metrics/', '/METRICS', '/%6detrics', '/trpc/metrics']) {
      const reply = await server.browser().send(path)
      expect(JSON.stringify(reply.body), path).not.toMatch(/latchkey_\w+_total|process_cpu|# HELP/)
      expect([...reply.headers.values()].join(), path).not.toMatch(/version=0\.0\.4/)
    }
    expect((await fetch(metricsUrl(server), { method: 'POST' })).status).toBe(404)
  })

  it('is nowhere unless it is asked for', async () => {
    const silent = await server.addInstance({ METRICS_LISTEN: '' })

    expect(() => metricsUrl(silent)).toThrow('serves no metrics')
  })

  it('says what Node knows of the process, event-loop delay included', async () => {
    const samples = await scrape(server)

    expect(samples.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0)
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(0)
  })
})

describe('what is counted', () => {
  it('is each call by procedure and outcome', async () => {
    const { browser } = await signedUp(server)
    const before = await scrape(server)

    await browser.query('auth.whoami')
    await server.browser().query('auth.whoami')
    await browser.mutate('session.revoke', { sessionId: 'not an id' })
    await server.browser().send('/trpc/auth.whoami,session.list?batch=1')

    expect(await grownSince(server, before)).toEqual({
      'latchkey_requests_total{procedure="auth.whoami",outcome="ok"}': 1,
      'latchkey_requests_total{procedure="auth.whoami",outcome="NOT_SIGNED_IN"}': 2,
      'latchkey_requests_total{procedure="session.list",outcome="NOT_SIGNED_IN"}': 1,
      'latchkey_requests_total{procedure="session.revoke",outcome="INVALID_INPUT"}': 1,
    })
  })

  it('is what reaches no procedure, under one name whatever it was called', async () => {
    const { browser } = await signedUp(server)
    const before = await scrape(server)

    for (const name of ['no.such', '__proto__', 'auth.whoami"} 1', '%00']) await browser.query(name)
    await browser.send('/trpc/auth.signOut', { method: 'POST', headers: { origin: 'https://evil.example' } })

    const grown = await grownSince(server, before)
    const labels = Object.keys(grown).join('\n')
    expect(labels).not.toMatch(/no\.such|__proto__|evil/)
    expect(grown['latchkey_requests_total{procedure="none",outcome="NOT_FOUND"}']).toBeGreaterThanOrEqual(3)
  })

  it('has no more series than there are procedures, whatever is asked for', async () => {
    for (let index = 0; index < 50; index++) await server.browser().query(`made.up${index}`)

    const procedures = new Set(
      [...(await scrape(server)).keys()].flatMap((name) => /procedure="([^"]+)"/.exec(name)?.[1] ?? []),
    )
    for (const name of procedures) expect([...Object.keys(router._def.procedures), 'none']).toContain(name)
  })

  it('is each refresh by what became of it', async () => {
    const { browser } = await signedUp(server)
    const stale = browser.clone()
    const before = await scrape(server)

    await refreshing(browser)
    await refreshing(stale.clone())
    await refreshing(browser)
    await refreshing(stale)
    await refreshing(browser)
    const stranger = server.browser()
    stranger.cookies.set('refresh', 'not a token')
    await refreshing(stranger)

    expect(await grownSince(server, before)).toMatchObject({
      'latchkey_refreshes_total{outcome="rotated"}': 2,
      'latchkey_refreshes_total{outcome="replayed"}': 1,
      'latchkey_refreshes_total{outcome="theft"}': 1,
      'latchkey_refreshes_total{outcome="revoked"}': 1,
      'latchkey_refreshes_total{outcome="malformed"}': 1,
    })
  })

  it('is a late retry apart from theft', async () => {
    const { browser } = await signedUp(server)
    const late = browser.clone()
    await refreshing(browser)
    server.clock.advance(minutes(1))
    const before = await scrape(server)

    await refreshing(late)

    expect(await grownSince(server, before)).toMatchObject({ 'latchkey_refreshes_total{outcome="late_retry"}': 1 })
  })

  it('is each sign-in that failed, by a reason that nobody is told', async () => {
    const { email } = await signedUp(server)
    const before = await scrape(server)

    await server.browser().mutate('auth.signIn', { email, password: 'not the right password' })
    await server.browser().mutate('auth.signIn', { email: 'nobody@example.com', password: 'not the right password' })
    for (let attempt = 0; attempt < 10; attempt++)
      await server.browser().mutate('auth.signIn', { email, password: 'not the right password' })

    expect(await grownSince(server, before)).toMatchObject({
      'latchkey_sign_in_failures_total{reason="wrong_password"}': 10,
      'latchkey_sign_in_failures_total{reason="unknown_account"}': 1,
      'latchkey_attempts_limited_total{limit="sign-in account"}': 1,
      'latchkey_requests_total{procedure="auth.signIn",outcome="TOO_MANY_ATTEMPTS"}': 1,
    })
  })

  it('counts at every log level', async () => {
    const quiet = await server.addInstance({ LOG_LEVEL: 'info', METRICS_LISTEN: '127.0.0.1:0' })
    const { browser } = await signedUp(quiet)
    const before = await scrape(quiet)
    server.clock.advance(minutes(20))

    await quiet
      .browser()
      .send('/trpc/auth.whoami', { headers: { authorization: `Bearer ${browser.cookie('access')}` } })

    expect(await grownSince(quiet, before)).toMatchObject({
      'latchkey_access_tokens_refused_total{reason="expired"}': 1,
    })
  })
})

describe('what is measured', () => {
  it('is how long after a revocation an instance knew of it, once for each', async () => {
    const { session } = await signedUp(server)
    const revokedAt = new Date(server.clock.now() - 300)

    await server.database.orm
      .update(sessions)
      .set({ revokedAt, revokedReason: 'revoked' })
      .where(eq(sessions.id, session.id))

    const measured = async (name: string) => (await scrape(server)).get(`latchkey_revocation_lag_seconds_${name}`)
    await expect.poll(() => measured('count'), { timeout: 4_000 }).toBe(1)
    expect(await measured('sum')).toBeCloseTo(0.3, 3)
    const age = (await scrape(server)).get('latchkey_feed_age_seconds')
    expect(age).toBeLessThan(5)
    expect(await measured('count')).toBe(1)
    expect((await scrape(server)).get('latchkey_feed_sessions')).toBe(1)
  })

  it('is how many streams are open', async () => {
    const { browser } = await signedUp(server)
    expect((await scrape(server)).get('latchkey_streams_open')).toBe(0)

    const stream = await openStream(browser, 'session.watch')
    await expect.poll(async () => (await scrape(server)).get('latchkey_streams_open')).toBe(1)

    stream.close()
    await expect.poll(async () => (await scrape(server)).get('latchkey_streams_open')).toBe(0)
  })

  it('is the clock, the keys and the queue of passwords', async () => {
    const samples = await scrape(server)

    expect(samples.get('latchkey_signing_keys')).toBe(1)
    expect(samples.get('latchkey_hashing_pending')).toBe(0)
    expect(samples.has('latchkey_clock_offset_seconds')).toBe(true)
  })
})
