import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signedInAdministrator } from '../harness/administrator.ts'
import { openStream } from '../harness/event-stream.ts'
import { idsOf, told } from '../harness/revocation-events.ts'
import { minutes } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

describe('revocation.feed', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ instances: 2 })
  })
  afterAll(() => server.close())

  const other = () => {
    const [, second] = server.instances
    if (!second) throw new Error('There are two instances')
    return second
  }

  /** Signs somebody in and out again; answers the session's id. */
  async function revokedSession(): Promise<string> {
    const { browser, session } = await signedUp(other())
    await browser.api.auth.signOut.mutate()
    return session.id
  }

  it('begins with what still matters, tells of revocations on any instance, and says that it is up to date', async () => {
    const before = await revokedSession()
    const stream = await openStream((await signedInAdministrator(server)).browser, 'revocation.feed')
    expect(stream.response.headers.get('cache-control')).toBe('no-store')
    const first = await stream.next()
    expect(first?.data).toMatchObject({ upToDate: true, sessionIds: expect.arrayContaining([before]) })

    const after = await revokedSession()
    await told(stream, after)

    let event = await stream.next()
    while (idsOf(event).length > 0) event = await stream.next()
    expect(event).toMatchObject({ data: { sessionIds: [], upToDate: true } })
    stream.close()
  })

  it('resumes by the id of the last event, on another instance, and leaves nothing out', async () => {
    const browser = (await signedInAdministrator(server)).browser
    const old = await revokedSession()
    server.clock.advance(minutes(1))
    await expect.poll(async () => idsOf(await (await openStream(browser, 'revocation.feed')).next())).toContain(old)
    const stream = await openStream(browser, 'revocation.feed')
    let last = await stream.next()
    // Until the feed has been read at the present hour; what is older than that id by far is not told again.
    while (Number(last?.id) < server.clock.now()) last = await stream.next()
    stream.close()
    const missed = await revokedSession()

    const resumed = await openStream(browser.at(other().url), 'revocation.feed', { lastEventId: last?.id ?? '' })
    const ids: string[] = []
    while (!ids.includes(missed)) ids.push(...idsOf(await resumed.next()))
    expect(ids).not.toContain(old)
    resumed.close()
  })

  it('ends when the listener itself is signed out', async () => {
    const browser = (await signedInAdministrator(server)).browser
    const stream = await openStream(browser, 'revocation.feed')
    await stream.next()
    await browser.clone().api.auth.signOut.mutate()

    let event = await stream.next()
    while (event?.event === 'message') event = await stream.next()
    expect(event).toMatchObject({ event: 'serialized-error', data: { data: { reason: 'SESSION_REVOKED' } } })
  })

  it('is refused to people without that right', async () => {
    const { browser } = await signedUp(server)
    const refused = await openStream(browser, 'revocation.feed')
    expect(await refused.next()).toMatchObject({ data: { data: { reason: 'NOT_ALLOWED', httpStatus: 403 } } })
    const anonymous = await openStream(server.browser(), 'revocation.feed')
    expect(await anonymous.next()).toMatchObject({ data: { data: { reason: 'NOT_SIGNED_IN', httpStatus: 401 } } })
  })
})
