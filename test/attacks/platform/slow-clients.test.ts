import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ patience: { headers: 300, request: 600, check: 50 } })
})
afterAll(() => server.close())

type Outcome = { reply: string; milliseconds: number }

/** Sends a beginning, and then a little at a time for as long as the server lets it. Answers what came until the server hung up. */
function drip(beginning: string, drop: string): Promise<Outcome> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    let reply = ''
    let dripping: NodeJS.Timeout | undefined
    const socket: Socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write(beginning)
      dripping = setInterval(() => {
        if (socket.writable) socket.write(drop)
      }, 40)
    })
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      reply += text
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(dripping)
      resolve({ reply, milliseconds: performance.now() - startedAt })
    })
  })
}

const get = 'GET /trpc/auth.current HTTP/1.1\r\nHost: localhost\r\n'
const post = 'POST /trpc/auth.signIn HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

describe('a client that never finishes', () => {
  it.each<[string, string, string]>([
    ['its headers', get, 'X-More: 1\r\n'],
    ['one header', `${get}X-Long: `, 'x'],
    ['its body', `${post}Content-Length: 1000\r\n\r\n{`, ' '],
    ['a body in pieces', `${post}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
  ])('%s is sent away with 408, and others are served meanwhile', async (_what, beginning, drop) => {
    const sentAway = drip(beginning, drop)
    expect((await server.browser().query('auth.current')).status).toBe(200)

    const { reply, milliseconds } = await sentAway

    expect(reply).toMatch(/^HTTP\/1\.1 408 /)
    expect(milliseconds).toBeGreaterThan(250)
    expect(server.logs.filter(({ level }) => level >= 50)).toEqual([])
  })

  it('fifty of them at once keep nobody else waiting', async () => {
    const slow = Array.from({ length: 50 }, () => drip(get, 'X-More: 1\r\n'))

    const replies = await Promise.all(Array.from({ length: 10 }, () => server.browser().query('auth.current')))

    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    for (const { reply } of await Promise.all(slow)) expect(reply).toMatch(/^HTTP\/1\.1 408 /)
  })
})
