import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flipBit } from '../../harness/forged-tokens.ts'
import { sessionRow } from '../../harness/rows.ts'
import { reasonOf, type TestBrowser } from '../../harness/test-browser.ts'
import { signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'
import { cutOffDatabase } from '../../harness/unreachable-database.ts'

describe('a refresh cookie that no secret of ours has authenticated', () => {
  let server: TestServer
  let browser: TestBrowser
  let sessionId: string
  let good: string
  let reconnect: () => void

  beforeAll(async () => {
    server = await startTestServer()
    const person = await signedUp(server)
    browser = person.browser
    sessionId = person.session.id
    good = browser.cookie('refresh') ?? ''
    // Whatever is answered from here on is answered without a query.
    reconnect = cutOffDatabase(server)
  })
  afterAll(async () => {
    reconnect()
    expect((await sessionRow(server, sessionId)).generation).toBe(0)
    await server.close()
  })

  async function present(refresh: string) {
    return server.browser({ headers: { cookie: `refresh=${refresh}` } }).query('auth.whoami')
  }

  it('is anonymous without a database query, and is not cleared, whichever bit has been flipped', async () => {
    const bits = Buffer.from(good, 'base64url').length * 8
    for (let bit = 0; bit < bits; bit += 5) {
      const reply = await present(flipBit(good, bit))

      expect([bit, reply.status, reasonOf(reply), reply.setCookies]).toEqual([bit, 401, 'NOT_SIGNED_IN', []])
    }
  })

  // 73 bytes leave four bits of the last character free: sixteen spellings, of which one is ours.
  const respelt = (text: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return `${text.slice(0, -1)}${alphabet[alphabet.indexOf(text.slice(-1)) + 1]}`
  }

  it.each<[string, (text: string) => string]>([
    ['a word', () => 'garbage'],
    ['as many characters of nothing', (text) => 'A'.repeat(text.length)],
    ['one character less', (text) => text.slice(0, -1)],
    ['one character more', (text) => `${text}A`],
    ['padding', (text) => `${text.slice(0, -2)}==`],
    ['another spelling of the same bytes', respelt],
    ['the other base64 alphabet', (text) => `+/${text.slice(2)}`],
    ['an object', () => '{"__proto__":1}'],
    ['a few thousand characters', () => 'x'.repeat(6_000)],
  ])('%s is anonymous without a database query, and is not cleared', async (_what, change) => {
    const reply = await present(change(good))

    expect(reply.status).toBe(401)
    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
  })

  it('has its reason in the log', () => {
    expect(server.logs).toContainEqual(expect.objectContaining({ event: 'refresh_refused', reason: 'malformed' }))
  })

  it('would have been asked about, had it been ours', async () => {
    const reply = await present(good)

    expect(reply.status).toBe(503)
    expect(reasonOf(reply)).toBe('TEMPORARILY_UNAVAILABLE')
  })
})
