import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('account.activity', () => {
  it('tells what happened to the account, newest first, with when, where from and on which device', async () => {
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    const { browser, email, session } = await signedUp(server, { userAgent })
    server.clock.advance(minutes(1))
    await browser.api.session.revokeAll.mutate()
    const again = await signedIn(server, email)

    const { events, nextCursor } = await again.browser.api.account.activity.query({})

    expect(events.map(({ kind }) => kind)).toEqual(['signed_in', 'sessions_revoked', 'signed_in', 'signed_up'])
    expect(events[1]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      kind: 'sessions_revoked',
      reason: 'revoked_all',
      sessionId: session.id,
      device: 'Firefox on Linux',
      ipAddress: '127.0.0.1',
      createdAt: new Date(server.clock.now()).toISOString(),
    })
    expect(nextCursor).toBeNull()
  })

  it('is read page by page, each event once, until there is no cursor', async () => {
    const { browser, email } = await signedUp(server)
    for (let count = 0; count < 5; count++) await signedIn(server, email)

    const seen: string[] = []
    const sizes: number[] = []
    let cursor: string | null = null
    do {
      const page = await browser.api.account.activity.query({ limit: 3, ...(cursor ? { cursor } : {}) })
      seen.push(...page.events.map(({ id }) => id))
      sizes.push(page.events.length)
      cursor = page.nextCursor
    } while (cursor)

    expect(sizes).toEqual([3, 3, 1])
    expect(new Set(seen).size).toBe(7)
    expect(seen.map(Number)).toEqual(seen.map(Number).sort((one, other) => other - one))
  })

  it('ends without a cursor when the last page is full', async () => {
    const { browser } = await signedUp(server)

    const page = await browser.api.account.activity.query({ limit: 2 })

    expect(page.events).toHaveLength(2)
    expect(page.nextCursor).toBeNull()
  })

  it('has nobody else’s events, whatever the cursor', async () => {
    const one = await signedUp(server)
    const other = await signedUp(server)
    const { events } = await other.browser.api.account.activity.query({})
    const cursor = String(Number(events[0]?.id) + 1)

    const page = await one.browser.api.account.activity.query({ cursor })

    expect(page.events.map(({ sessionId }) => sessionId)).toEqual([one.session.id, null])
  })

  it.each<[string, object, string]>([
    ['a cursor that is no number', { cursor: "1'; drop table users --" }, 'cursor'],
    ['a negative cursor', { cursor: '-1' }, 'cursor'],
    ['a cursor beyond every number', { cursor: '9'.repeat(30) }, 'cursor'],
    ['no events at all', { limit: 0 }, 'limit'],
    ['too many events', { limit: 101 }, 'limit'],
    ['half an event', { limit: 1.5 }, 'limit'],
    ['somebody else’s events', { userId: crypto.randomUUID() }, 'userId'],
  ])('cannot be asked for %s', async (_what, input, field) => {
    const { browser } = await signedUp(server)

    const reply = await browser.query('account.activity', input)

    expect(reply.status).toBe(400)
    expect(reply.body).toMatchObject({ error: { data: { fields: { [field]: expect.any(String) } } } })
  })
})
