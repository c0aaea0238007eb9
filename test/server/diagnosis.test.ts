import { afterEach, beforeEach, expect, it } from 'vitest'
import { forgeAccessToken, revokeSigningKey, signingKeyOf } from '../harness/forged-tokens.ts'
import { grownSince, scrape } from '../harness/scrape.ts'
import { type LogLine, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

/** The four that an operator must tell apart, as docs/observability.md does: each leaves marks that the others do not. */

let server: TestServer
beforeEach(async () => {
  server = await startTestServer({ environment: { METRICS_LISTEN: '127.0.0.1:0', LOG_LEVEL: 'info' } })
})
afterEach(() => server.close())

const withBearer = (token: string) =>
  server.browser().send('/trpc/auth.whoami', { headers: { authorization: `Bearer ${token}` } })

/** The refusals and failures that work leaves behind, in metrics and in the log. */
async function marksOf(work: () => Promise<unknown>) {
  const before = await scrape(server)
  const logged = server.logs.length
  await work()
  const metrics = Object.keys(await grownSince(server, before)).filter((name) => !/requests_total/.test(name))
  const marks = server.logs
    .slice(logged)
    .filter(({ event }) => event && event !== 'request' && !event.startsWith('mail_'))
  return { metrics: metrics.sort(), log: [...new Set(marks.map(({ event, reason }) => `${event} ${reason}`))] }
}

const refused = (reason: string) => ({
  metrics: [`latchkey_access_tokens_refused_total{reason="${reason}"}`],
  log: [`access_token_refused ${reason}`],
})

it('clocks that differ: tokens from the future', async () => {
  const { browser } = await signedUp(server)
  const now = server.clock.now() / 1000
  const early = await forgeAccessToken(server, browser.cookie('access'), { claims: { iat: now + 60, exp: now + 120 } })

  expect(await marksOf(() => withBearer(early))).toEqual(refused('clock_skew'))
})

it('a key that was retired: unknown keys, and people who go on by refreshing', async () => {
  const { browser } = await signedUp(server)
  const { id } = await signingKeyOf(server)
  await revokeSigningKey(server, id, new Date(server.clock.now()))
  await expect.poll(async () => (await scrape(server)).get('latchkey_signing_keys'), { timeout: 4_000 }).toBe(1)
  await expect.poll(async () => (await signingKeyOf(server)).id !== id, { timeout: 4_000 }).toBe(true)
  await expect.poll(async () => (await browser.clone().query('auth.whoami')).status, { timeout: 4_000 }).toBe(200)

  const marks = await marksOf(() => withBearer(browser.cookie('access') ?? ''))

  expect(marks).toEqual(refused('unknown_key'))
  expect((await browser.query('auth.whoami')).status).toBe(200)
})

it('a wrong audience: well-signed tokens that were made for somebody else', async () => {
  const { browser } = await signedUp(server)
  const foreign = await forgeAccessToken(server, browser.cookie('access'), { claims: { aud: 'https://other.example' } })

  expect(await marksOf(() => withBearer(foreign))).toEqual(refused('wrong_audience'))
})

it('an attack: forgeries, copies and guesses, with the address they come from', async () => {
  const { browser, email } = await signedUp(server)
  const copy = browser.clone()
  for (let rotation = 0; rotation < 2; rotation++) {
    browser.drop('access')
    await browser.query('auth.whoami')
  }
  const [header, payload, signature = ''] = (copy.cookie('access') ?? '').split('.')
  const forged = `${header}.${payload}.${signature.slice(0, -4)}${signature.endsWith('AAAA') ? 'BBBQ' : 'AAAA'}`

  const marks = await marksOf(async () => {
    await withBearer(forged)
    await withBearer('not.a.token')
    copy.drop('access')
    await copy.query('auth.whoami')
    for (let guess = 0; guess < 11; guess++)
      await server.browser().mutate('auth.signIn', { email, password: 'a guess at somebody’s password' })
  })

  expect(marks.metrics).toEqual([
    'latchkey_access_tokens_refused_total{reason="bad_signature"}',
    'latchkey_access_tokens_refused_total{reason="malformed"}',
    'latchkey_attempts_limited_total{limit="sign-in account"}',
    'latchkey_refreshes_total{outcome="theft"}',
    'latchkey_sign_in_failures_total{reason="wrong_password"}',
  ])
  expect(marks.log).toEqual([
    'access_token_refused bad_signature',
    'access_token_refused malformed',
    'refresh_reused undefined',
    'sign_in_refused wrong_password',
    'attempts_limited undefined',
  ])
  const lines = server.logs.filter(({ event }) => event && /refused|reused|limited/.test(event))
  for (const line of lines as LogLine[]) expect(line.ipAddress).toMatch(/127\.0\.0\.1|::1/)
})
