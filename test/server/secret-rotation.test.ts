import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessionRow } from '../harness/rows.ts'
import { reasonOf, type TestBrowser } from '../harness/test-browser.ts'
import { signedUp, startTestServer, type TestServer, testSecret } from '../harness/test-server.ts'

const newSecret = 'another secret that is only good for tests and long enough'

function present(browser: TestBrowser) {
  browser.drop('access')
  return browser.query('auth.whoami')
}

describe('when SECRET gets a new first entry', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await startTestServer()
  })
  afterEach(() => server.close())

  it('access tokens stay good and refresh tokens move on to the new entry', async () => {
    const { browser, session } = await signedUp(server)
    const before = await sessionRow(server, session.id)
    const upgraded = browser.at((await server.addInstance({ SECRET: `${newSecret},${testSecret}` })).url)

    expect((await upgraded.query('auth.whoami')).setCookies).toEqual([])
    expect((await present(upgraded)).status).toBe(200)
    expect((await sessionRow(server, session.id)).keyId).not.toBe(before.keyId)
    expect((await present(upgraded)).status).toBe(200)
  })

  it('a response that was lost at the upgrade is recovered by a retry, with the identical token', async () => {
    const { browser } = await signedUp(server)
    const retrying = browser.at((await server.addInstance({ SECRET: `${newSecret},${testSecret}` })).url)
    await present(browser)

    expect((await present(retrying)).status).toBe(200)
    expect(retrying.cookie('refresh')).toBe(browser.cookie('refresh'))
  })

  it('people who have been seen since then stay signed in when the old entry is dropped', async () => {
    const { browser } = await signedUp(server)
    const upgraded = browser.at((await server.addInstance({ SECRET: `${newSecret},${testSecret}` })).url)
    await present(upgraded)

    const later = upgraded.at((await server.addInstance({ SECRET: newSecret })).url)

    expect((await later.query('auth.whoami')).status).toBe(200)
    expect((await present(later)).status).toBe(200)
  })

  it('people who have not are anonymous when the old entry is dropped, and nothing is revoked', async () => {
    const { browser, session } = await signedUp(server)
    const later = browser.at((await server.addInstance({ SECRET: newSecret })).url)

    const reply = await present(later)

    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
    expect((await sessionRow(server, session.id)).revokedAt).toBeNull()
    expect((await present(browser)).status).toBe(200)
  })
})
