import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStream } from '../harness/event-stream.ts'
import { password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

/** A request over a bare socket, and whether its answer so far, or what is still to come of it, looks like this. */
async function request(text: string) {
  const { port, hostname } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString()
  })
  socket.write(text)
  async function answered(expected: RegExp): Promise<boolean> {
    while (!expected.test(answer) && !socket.closed) await Promise.race([once(socket, 'data'), once(socket, 'close')])
    return expected.test(answer)
  }
  return { socket, answered }
}

const readiness = async () => {
  const { status, body } = await server.browser().send('/readyz')
  return { status, said: (body as { status: string }).status }
}

it('an instance that is going says so first, and serves as before', async () => {
  const { browser } = await signedUp(server)
  expect(await readiness()).toEqual({ status: 200, said: 'ready' })

  const drained = server.app.drain(0.5)

  expect(await readiness()).toEqual({ status: 503, said: 'draining' })
  const reply = await browser.query('auth.whoami')
  expect(reply.status).toBe(200)
  expect(reply.headers.get('connection')).toBe('close')
  await drained
})

it('streams are told to come back, at the end of the delay and not before', async () => {
  const { browser } = await signedUp(server)
  const stream = await openStream(browser, 'session.watch')
  await stream.next()
  let isOver = false
  const over = stream.next().then((event) => {
    isOver = true
    return event
  })

  const drained = server.app.drain(0.3)
  expect(isOver).toBe(false)

  // No farewell: a reader that is told nothing connects again, with the id of the last event.
  expect(await over).toBeNull()
  await drained
})

it('what is under way is finished before the instance closes', async () => {
  const { email } = await signedUp(server)
  const body = JSON.stringify({ email, password })
  const { socket, answered } = await request(
    'POST /trpc/auth.signIn HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
  )
  expect(await answered(/100 Continue/)).toBe(true)

  const gone = server.app.drain(0).then(() => server.app.close())
  socket.write(body)

  expect(await answered(/HTTP\/1\.1 200 OK[\s\S]*"status":"signedIn"/)).toBe(true)
  await gone
})

it('connections that nobody uses are closed', async () => {
  const { socket, answered } = await request('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(await answered(/alive/)).toBe(true)

  const closed = once(socket, 'close')
  await server.app.drain(0)

  await closed
})
