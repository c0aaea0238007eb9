import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reasonOf } from '../../harness/test-browser.ts'
import { startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
beforeEach(() => server.clock.advance(61_000))

const report = (body: unknown, type = 'application/csp-report') =>
  server.browser().send('/csp-reports', {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const good = {
  'csp-report': {
    'document-uri': 'http://localhost:3000/security?token=canary-token#canary-hash',
    'effective-directive': 'script-src-elem',
    'blocked-uri': 'https://evil.example/steal.js?canary=1',
    'script-sample': 'canary-sample',
  },
}
const written = (from: number) => server.logs.slice(from).filter(({ event }) => event === 'csp_violation')

describe('a report of a violation', () => {
  it('is logged as what was stopped, from where and on which page, and nothing else that it says', async () => {
    const from = server.logs.length

    expect((await report(good)).status).toBe(204)

    expect(written(from)).toEqual([
      expect.objectContaining({ directive: 'script-src-elem', blocked: 'https://evil.example', page: '/security' }),
    ])
    expect(JSON.stringify(server.logs.slice(from))).not.toContain('canary')
  })

  it.each<[string, unknown, string, number]>([
    ['of another type', good, 'application/json', 415],
    ['as a form', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['cut short', '{"csp-report":', 'application/csp-report', 400],
    ['that is no object', '7', 'application/csp-report', 400],
    ['of another kind', { crash: {} }, 'application/csp-report', 400],
    ['of a page of text', { 'csp-report': { 'blocked-uri': 'x'.repeat(3_000) } }, 'application/csp-report', 400],
    ['larger than any', 'x'.repeat(20_000), 'application/csp-report', 413],
  ])('%s is refused, and nothing is logged of it', async (_what, body, type, status) => {
    const from = server.logs.length

    const reply = await report(body, type)

    expect(reply.status).toBe(status)
    expect(reasonOf(reply)).toMatch(/INVALID_INPUT|UNSUPPORTED_CONTENT_TYPE/)
    expect(written(from)).toEqual([])
  })

  it('writes no line of its own making into the log', async () => {
    const from = server.logs.length
    const forged = 'x\r\n{"level":60,"msg":"forged"}'

    const body = { 'effective-directive': forged, 'blocked-uri': `https://${forged}`, 'document-uri': forged }
    expect((await report({ 'csp-report': body })).status).toBe(204)

    expect(written(from)).toEqual([expect.objectContaining({ directive: 'x', blocked: 'unknown', page: '' })])
  })

  it('is one of sixty in a minute; more are refused and not written', async () => {
    const from = server.logs.length
    for (let count = 0; count < 60; count++) expect((await report(good)).status).toBe(204)

    const reply = await report(good)

    expect(reply.status).toBe(429)
    expect(reply.headers.get('retry-after')).toBe('60')
    expect(written(from)).toHaveLength(60)
    server.clock.advance(61_000)
    expect((await report(good)).status).toBe(204)
  })
})
