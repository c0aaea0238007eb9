import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStream } from '../harness/event-stream.ts'
import { minutes } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

describe('session.watch', () => {
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

  it('tells of a device that signs in and one that is signed out, whichever instance saw it', async () => {
    const { browser, email } = await signedUp(server)
    const stream = await openStream(browser, 'session.watch')
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    expect(stream.response.headers.get('cache-control')).toBe('no-store')
    expect(await stream.next()).toMatchObject({ data: { kind: 'watching' }, id: expect.stringMatching(/^\d+$/) })

    const phone = await signedIn(other(), email)
    expect(await stream.next()).toMatchObject({
      data: { kind: 'opened', session: { id: phone.session.id, current: false } },
    })

    await browser.api.session.revoke.mutate({ sessionId: phone.session.id })
    expect(await stream.next()).toMatchObject({
      data: { kind: 'ended', session: { id: phone.session.id, reason: 'revoked' } },
    })
    stream.close()
  })

  it('says nothing of other people', async () => {
    const { browser } = await signedUp(server)
    const stream = await openStream(browser, 'session.watch')
    await stream.next()

    await signedUp(server)
    const mine = await browser.api.session.list.query()
    await browser.api.session.revokeAll.mutate()

    expect(mine).toHaveLength(1)
    expect(await stream.next()).toMatchObject({ event: 'serialized-error' })
  })

  it('goes on where it broke off, on another instance', async () => {
    const { browser, email } = await signedUp(server)
    const stream = await openStream(browser, 'session.watch')
    const watching = await stream.next()
    stream.close()
    server.clock.advance(minutes(1))
    const phone = await signedIn(server, email)

    const resumed = await openStream(browser.at(other().url), 'session.watch', { lastEventId: watching?.id ?? '' })

    expect(await resumed.next()).toMatchObject({ data: { kind: 'watching' } })
    const told = [await resumed.next(), await resumed.next()].map((event) => event?.data)
    expect(told).toContainEqual(expect.objectContaining({ session: expect.objectContaining({ id: phone.session.id }) }))
    resumed.close()
  })

  it('ends with the reason when its own session is revoked, and says nothing more', async () => {
    const { browser, email } = await signedUp(server)
    const phone = await signedIn(server, email)
    const stream = await openStream(phone.browser, 'session.watch')
    await stream.next()

    await browser.at(other().url).api.session.revoke.mutate({ sessionId: phone.session.id })

    expect(await stream.next()).toMatchObject({
      event: 'serialized-error',
      data: { data: { reason: 'SESSION_REVOKED' } },
    })
    expect(await stream.next()).toBeNull()
  })

  it('breaks off when its access token expires, and goes on with a refreshed one', async () => {
    const { browser } = await signedUp(server)
    const stream = await openStream(browser, 'session.watch')
    const watching = await stream.next()
    server.clock.advance(minutes(11))

    expect(await stream.next()).toBeNull()

    const resumed = await openStream(browser, 'session.watch', { lastEventId: watching?.id ?? '' })
    expect(await resumed.next()).toMatchObject({ data: { kind: 'watching' } })
    expect(resumed.response.headers.getSetCookie()).toHaveLength(2)
    expect(resumed.response.headers.get('cache-control')).toBe('no-store')
    resumed.close()
  })

  it('is refused without a session', async () => {
    const stream = await openStream(server.browser(), 'session.watch')
    expect(await stream.next()).toMatchObject({ data: { data: { reason: 'NOT_SIGNED_IN' } } })
    expect(await stream.next()).toBeNull()
  })

  it('refuses an event id that is none', async () => {
    const { browser } = await signedUp(server)
    const stream = await openStream(browser, 'session.watch', { lastEventId: "0' or 1=1" })
    expect(await stream.next()).toMatchObject({ data: { data: { reason: 'INVALID_INPUT' } } })
  })

  it('is bounded for each session, and a closed stream makes room', async () => {
    const { browser } = await signedUp(server)
    const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(browser, 'session.watch')))
    for (const stream of streams) await stream.next()

    const refused = await openStream(browser, 'session.watch')
    expect(await refused.next()).toMatchObject({
      data: { data: { reason: 'TOO_MANY_ATTEMPTS', retryAfterSeconds: 30 } },
    })

    streams.pop()?.close()
    await expect
      .poll(async () => {
        const stream = await openStream(browser, 'session.watch')
        const first = await stream.next()
        stream.close()
        return first?.data
      })
      .toEqual({ kind: 'watching' })
    for (const stream of streams) stream.close()
  })
})

it('closing the server ends its streams without a farewell, so that clients come back', async () => {
  const server = await startTestServer()
  const { browser } = await signedUp(server)
  const stream = await openStream(browser, 'session.watch')
  await stream.next()

  await server.close()

  expect(await stream.next()).toBeNull()
})
