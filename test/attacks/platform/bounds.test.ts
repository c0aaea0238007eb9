import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EventStream, openStream } from '../../harness/event-stream.ts'
import { rawRequest } from '../../harness/raw-request.ts'
import { countRows } from '../../harness/rows.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const statusOf = (reply: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1])
const host = 'Host: localhost'

describe('a request that is too large', () => {
  it.each<[string, string[], number[]]>([
    ['by one header', ['GET /trpc/auth.current HTTP/1.1', host, `X-Large: ${'x'.repeat(17_000)}`], [431]],
    [
      'by the number of its headers',
      ['GET /trpc/auth.current HTTP/1.1', host, ...Array.from({ length: 2_000 }, (_, at) => `X-${at}: 1234`)],
      [431],
    ],
    ['by its cookies', ['GET /trpc/auth.current HTTP/1.1', host, `Cookie: access=${'x'.repeat(20_000)}`], [431]],
    ['by its address', [`GET /trpc/auth.current?input=${'x'.repeat(20_000)} HTTP/1.1`, host], [414, 431]],
    ['by the name of its procedure', [`GET /trpc/${'x'.repeat(1_200)} HTTP/1.1`, host], [400, 414]],
    [
      'by what it says of its body',
      ['POST /trpc/auth.signIn HTTP/1.1', host, 'Content-Type: application/json', 'Content-Length: 99999999'],
      [413],
    ],
  ])('%s is refused before anything runs', async (_what, lines, statuses) => {
    const before = await countRows(server)

    const reply = await rawRequest(server.url, lines)

    expect(statuses).toContain(statusOf(reply))
    expect(reply).not.toMatch(/set-cookie|stack|node_modules/i)
    expect(await countRows(server)).toEqual(before)
  })
})

describe('a request that two readers could read differently', () => {
  const post = ['POST /trpc/auth.signOut HTTP/1.1', host, 'Content-Type: application/json']
  it.each<[string, string[], string]>([
    ['two lengths', [...post, 'Content-Length: 2', 'Content-Length: 0'], '{}'],
    ['a length and pieces', [...post, 'Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['pieces that are not the last coding', [...post, 'Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['an odd spelling of pieces', [...post, 'Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a negative length', [...post, 'Content-Length: -1'], '{}'],
    ['a space before a colon', [...post, 'Content-Length : 2'], '{}'],
    ['a folded header', [...post, 'X-Folded: a', ' b', 'Content-Length: 2'], '{}'],
    ['a NUL in a header', [...post, 'X-Nul: a\0b', 'Content-Length: 2'], '{}'],
    ['a version of its own', ['POST /trpc/auth.signOut HTTP/9.9', host], ''],
    ['a method of its own', ['BREW /trpc/auth.signOut HTTP/1.1', host], ''],
    ['a trace', ['TRACE /trpc/auth.current HTTP/1.1', host], ''],
    ['an address of no form', ['GET trpc/auth.current HTTP/1.1', host], ''],
  ])('%s is refused by the protocol', async (_what, lines, body) => {
    const { browser, session } = await signedUp(server)

    const reply = await rawRequest(server.url, [...lines, `Cookie: ${browser.cookieHeader()}`], body)

    expect([400, 404, 501, 505]).toContain(statusOf(reply))
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
  })
})

it('one person holds forty event streams, over all devices, and is told when there are too many', async () => {
  const { browser, email } = await signedUp(server)
  const browsers = [browser]
  while (browsers.length < 5) browsers.push((await signedIn(server, email)).browser)
  const streams: EventStream[] = []
  for (const one of browsers.slice(0, 4))
    streams.push(...(await Promise.all(Array.from({ length: 10 }, () => openStream(one, 'session.watch')))))
  for (const stream of streams) expect((await stream.next())?.event).not.toBe('serialized-error')

  const refused = await openStream(browsers[4] ?? browser, 'session.watch')
  expect(JSON.stringify(await refused.next())).toContain('TOO_MANY_ATTEMPTS')

  const somebodyElse = await openStream((await signedUp(server)).browser, 'session.watch')
  expect((await somebodyElse.next())?.event).not.toBe('serialized-error')
  for (const stream of [...streams, refused, somebodyElse]) stream.close()
})

it('a password of a megabyte is refused before it is hashed', async () => {
  const email = 'nobody@example.com'
  const startedAt = performance.now()

  const reply = await server.browser().mutate('auth.signIn', { email, password: password.repeat(40_000) })

  expect(reply.status).toBe(413)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})
