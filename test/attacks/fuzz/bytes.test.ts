import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oddText, runs, seed } from '../../harness/fuzzing.ts'
import { signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ patience: { headers: 400, request: 400, check: 50 } })
})
afterAll(() => server.close())

/** Writes these bytes, closes its half, and answers all that comes back. */
function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let reply = ''
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.end(bytes))
    socket.setEncoding('latin1').on('data', (text: string) => {
      reply += text
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(reply))
  })
}

const requests = [
  'GET /trpc/auth.current HTTP/1.1\r\nHost: localhost\r\nCookie: access=x; refresh=y\r\nConnection: close\r\n\r\n',
  'POST /trpc/auth.signIn HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
  'POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nConnection: close\r\n\r\na=b',
  'POST /trpc/auth.signOut HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'OPTIONS /trpc/auth.signOut HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n',
] as const

/** A request with some of its bytes replaced. */
const damaged = fc
  .tuple(fc.constantFrom(...requests), fc.array(fc.tuple(fc.nat(), fc.nat(6), oddText), { minLength: 1, maxLength: 3 }))
  .map(([request, damages]) =>
    damages.reduce((text, [at, length, more]) => {
      const start = at % text.length
      return text.slice(0, start) + more.slice(0, 20) + text.slice(start + length)
    }, request as string),
  )
  .map((text) => Buffer.from(text.toWellFormed()))

describe(`bytes on the socket, seed ${seed}`, () => {
  it('the requests that are damaged below are answered as they are', async () => {
    for (const request of requests) expect(await exchange(Buffer.from(request))).toMatch(/^HTTP\/1\.1 [24]\d\d /)
  })

  it.each([
    ['requests with damages', damaged],
    ['anything', fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes))],
  ])(
    '%s never bring the server down, and get no answer of a fault',
    async (_what, bytes) => {
      await fc.assert(
        fc.asyncProperty(bytes, async (sent) => {
          const reply = await exchange(sent)
          expect(reply).not.toMatch(/^HTTP\/1\.1 5|INTERNAL_ERROR|node_modules|\n +at /)
        }),
        runs(150),
      )

      const { browser, session } = await signedUp(server)
      expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
      expect(server.logs.filter(({ level }) => level >= 50)).toEqual([])
    },
    60_000,
  )
})
