import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minutes } from '../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

describe('a long list of devices', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  it('comes in pages that leave nothing out and repeat nothing, the present device first', async () => {
    const { browser, email, session } = await signedUp(server)
    for (let device = 0; device < 6; device++) {
      server.clock.advance(minutes(1))
      await signedIn(server, email)
    }
    const whole = await browser.api.session.list.query()
    expect(whole.length).toBe(7)
    expect(whole[0]?.id).toBe(session.id)

    const paged = []
    for (let after: string | undefined; ; after = paged.at(-1)?.id) {
      const page = await browser.api.session.list.query(after ? { limit: 3, after } : { limit: 3 })
      paged.push(...page)
      if (page.length < 3) break
    }
    expect(paged.map(({ id }) => id)).toEqual(whole.map(({ id }) => id))
  })

  it('is counted, browsers and programs apart', async () => {
    const { browser, email } = await signedUp(server, {
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36',
    })
    await server.browser({ userAgent: 'backup/1.0' }).api.token.issue.mutate({ email, password })
    expect(await browser.api.session.count.query()).toEqual({ devices: 1, apps: 1 })
  })

  it('has nothing after a device of somebody else', async () => {
    const { browser } = await signedUp(server)
    const { session: foreign } = await signedUp(server)
    expect(await browser.api.session.list.query({ after: foreign.id })).toEqual([])
  })
})
