import { afterEach, describe, expect, it } from 'vitest'
import { securityEvents } from '../../server/database/schema.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
afterEach(() => server.close())

const given = 'edge-7f3a9c2e41b8'
const asking = (headers: Record<string, string>) =>
  server.browser().mutate('auth.signIn', { email: 'nobody@example.com', password: 'a long enough password' }, headers)

describe('the id of a request', () => {
  it('is one from end to end: reply, error, log and history', async () => {
    server = await startTestServer()

    const reply = await asking({})

    const id = reply.headers.get('x-request-id')
    expect(id).toMatch(/^[\da-f-]{36}$/)
    expect(reply.body).toMatchObject({ error: { data: { requestId: id } } })
    const lines = server.logs.filter(({ event }) => event === 'sign_in_refused' || event === 'request')
    expect(lines.map(({ requestId }) => requestId)).toEqual([id, id])
    const [event] = await server.database.orm.select().from(securityEvents)
    expect(event?.requestId).toBe(id)
  })

  it('is that of a trusted proxy, if it gave one', async () => {
    server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.0/8,::1' } })

    expect((await asking({ 'x-request-id': given })).headers.get('x-request-id')).toBe(given)
    for (const bad of ['short', 'x'.repeat(65), 'white space inside', 'quote"inside-it', ''])
      expect((await asking({ 'x-request-id': bad })).headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
  })

  it.each(['', '10.0.0.0/8'])('is never one that a caller made up (TRUSTED_PROXIES=%s)', async (trusted) => {
    server = await startTestServer({ environment: { TRUSTED_PROXIES: trusted } })

    const reply = await asking({ 'x-request-id': given, 'x-forwarded-for': '10.0.0.1' })

    expect(reply.headers.get('x-request-id')).not.toBe(given)
    expect(JSON.stringify(server.logs)).not.toContain(given)
  })
})
