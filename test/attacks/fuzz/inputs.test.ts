import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { attempts } from '../../../server/database/schema.ts'
import { listProcedures } from '../../../server/http/explorer/procedures.ts'
import { anyJson, canary, inputsFor, oddText, runs, seed } from '../../harness/fuzzing.ts'
import type { Reply, TestBrowser } from '../../harness/test-browser.ts'
import { signedUp, startTestServer, type TestServer, testSecret } from '../../harness/test-server.ts'

/** Streams stay open when their input is good; their inputs are read by the same code. */
const procedures = listProcedures().filter(({ type }) => type !== 'subscription')

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  await server.database.orm.delete(attempts)
})
afterAll(() => server.close())

/** What every answer to whatever input must be. */
function expectSober(reply: Reply): void {
  expect(reply.status).toBeLessThan(500)
  const text = JSON.stringify([reply.body, Object.fromEntries(reply.headers)])
  expect(text).not.toMatch(/INTERNAL_ERROR|node_modules|\.ts:\d|drizzle|select "|insert into/i)
  expect(text).not.toContain(testSecret)
}

/** The tokens of whoever calls, and what was made up, must not be in any line of the log. */
function expectQuietLog(browser: TestBrowser): void {
  const written = JSON.stringify(server.logs)
  for (const secret of [canary, browser.cookie('access'), browser.cookie('refresh'), testSecret])
    if (secret) expect(written.includes(secret)).toBe(false)
  expect(server.logs.filter(({ level }) => level >= 50)).toEqual([])
}

describe(`inputs made from the schemas, seed ${seed}`, () => {
  it.each(procedures.map(({ path, type, input }) => [path, type, input] as const))(
    '%s is never brought down',
    async (path, type, schema) => {
      let { browser } = await signedUp(server)
      await fc.assert(
        fc.asyncProperty(inputsFor(schema), async (input) => {
          // Some of what is made up does what it says, such as signing out.
          if (browser.cookies.size === 0) browser = (await signedUp(server)).browser
          expectSober(type === 'mutation' ? await browser.mutate(path, input) : await browser.query(path, input))
        }),
        runs(12),
      )
      expectQuietLog(browser)
    },
    60_000,
  )
})

describe(`requests as text, seed ${seed}`, () => {
  const json = { 'content-type': 'application/json' }

  it('bodies that are nearly JSON', async () => {
    const { browser } = await signedUp(server)
    const cut = fc.tuple(anyJson, fc.nat(), oddText).map(([value, at, more]) => {
      const text = JSON.stringify(value) ?? ''
      return text.slice(0, at % (text.length + 1)) + more
    })
    await fc.assert(
      fc.asyncProperty(cut, fc.constantFrom('auth.signIn', 'session.revoke', 'account.rename'), async (body, path) => {
        expectSober(await browser.send(`/trpc/${path}`, { method: 'POST', headers: json, body }))
      }),
      runs(150),
    )
    expectQuietLog(browser)
  }, 60_000)

  it('addresses, names of procedures, batches and inputs in them', async () => {
    const { browser } = await signedUp(server)
    const name = fc.oneof(oddText, fc.constantFrom('auth.current', 'session.list', 'auth', 'auth.current,auth.current'))
    const query = fc.dictionary(fc.oneof(fc.constantFrom('input', 'batch', 'connectionParams'), oddText), oddText)
    await fc.assert(
      fc.asyncProperty(name, query, async (path, parameters) => {
        const search = new URLSearchParams(
          Object.entries(parameters).map(([key, value]) => [key, value.toWellFormed()]),
        )
        expectSober(await browser.send(`/trpc/${encodeURIComponent(path.toWellFormed())}?${search}`))
        expectSober(await browser.send(`/${encodeURI(path.toWellFormed()).replaceAll('#', '')}?${search}`))
      }),
      runs(100),
    )
    expectQuietLog(browser)
  }, 60_000)

  it('forms for keys of services', async () => {
    const { browser } = await signedUp(server)
    const names = fc.constantFrom('grant_type', 'client_id', 'client_secret', 'scope')
    const form = fc.array(fc.tuple(fc.oneof(names, oddText), fc.oneof(oddText, fc.constant('client_credentials'))))
    const basic = fc.option(
      oddText.map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
      { nil: undefined },
    )
    await fc.assert(
      fc.asyncProperty(form, basic, async (pairs, authorization) => {
        const body = new URLSearchParams(pairs.map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]))
        const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(authorization && { authorization }) }
        expectSober(await server.browser().send('/oauth/token', { method: 'POST', headers, body: body.toString() }))
      }),
      runs(100),
    )
    expectQuietLog(browser)
  }, 60_000)
})
