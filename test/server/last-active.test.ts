import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { lastWriteOf, sessionRow } from '../harness/rows.ts'
import { minutes } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('the last activity of a device', () => {
  it('is now for whoever asks, although nothing has been written', async () => {
    const { browser, session } = await signedUp(server)
    const written = await lastWriteOf(server, session.id)
    server.clock.advance(minutes(5))

    const [listed] = await browser.api.session.list.query()

    expect(listed?.lastActiveAt).toBe(new Date(server.clock.now()).toISOString())
    expect(await lastWriteOf(server, session.id)).toBe(written)
  })

  it('is written within half a minute, in one go for all', async () => {
    const people = [await signedUp(server), await signedUp(server)]
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const instance = await server.addInstance()
    server.clock.advance(minutes(1))
    const usedAt = new Date(server.clock.now())
    for (const { browser } of people) await browser.at(instance.url).api.auth.whoami.query()

    vi.advanceTimersByTime(30_000)
    vi.useRealTimers()

    for (const { session } of people)
      await expect.poll(async () => (await sessionRow(server, session.id)).lastActiveAt).toEqual(usedAt)
  })

  it('is written when an instance closes, at the time of the request and not of the writing', async () => {
    const { browser, session } = await signedUp(server)
    const instance = await server.addInstance()
    server.clock.advance(minutes(3))
    const usedAt = new Date(server.clock.now())
    await browser.at(instance.url).api.auth.whoami.query()
    server.clock.advance(minutes(2))

    await instance.app.close()

    expect(await sessionRow(server, session.id)).toMatchObject({ lastActiveAt: usedAt, generation: 0 })
  })

  it('is seen by the other devices then', async () => {
    const { browser, email, session } = await signedUp(server)
    const phone = await signedIn(server, email)
    const instance = await server.addInstance()
    server.clock.advance(minutes(4))
    const usedAt = new Date(server.clock.now())
    await browser.at(instance.url).api.auth.whoami.query()
    await instance.app.close()

    const list = await phone.browser.api.session.list.query()

    expect(list.find(({ id }) => id === session.id)?.lastActiveAt).toBe(usedAt.toISOString())
  })

  it('never goes back: a rotation elsewhere was later', async () => {
    const { browser, session } = await signedUp(server)
    const instance = await server.addInstance()
    await browser.at(instance.url).api.auth.whoami.query()
    server.clock.advance(minutes(11))
    await browser.api.auth.whoami.query()
    const rotatedAt = new Date(server.clock.now())

    await instance.app.close()

    expect((await sessionRow(server, session.id)).lastActiveAt).toEqual(rotatedAt)
  })

  it('is not written to a session that has ended', async () => {
    const { browser, session } = await signedUp(server)
    const instance = await server.addInstance()
    server.clock.advance(minutes(1))
    await browser.at(instance.url).api.auth.whoami.query()
    await browser.api.auth.signOut.mutate()
    const written = await lastWriteOf(server, session.id)

    await instance.app.close()

    expect(await lastWriteOf(server, session.id)).toBe(written)
  })
})
