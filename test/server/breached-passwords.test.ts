import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

const leaked = 'these words were leaked by somebody'
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()

/** A list of leaked passwords as the public one answers, padding included. */
const asked: string[] = []
let answering = true
let redirecting = false
const list = createServer((request, response) => {
  asked.push(request.url ?? '')
  if (redirecting) return void response.writeHead(302, { location: '/elsewhere' }).end()
  if (!answering) return void response.writeHead(503).end()
  response.end(`${'0'.repeat(35)}:0\r\n${sha1(leaked).slice(5)}:17\r\n${sha1('padding').slice(5)}:0`)
})

let server: TestServer
beforeAll(async () => {
  list.listen(0, '127.0.0.1')
  await once(list, 'listening')
  const { port } = list.address() as AddressInfo
  server = await startTestServer({ environment: { BREACHED_PASSWORDS_URL: `http://127.0.0.1:${port}/range/` } })
})
afterAll(async () => {
  await server.close()
  list.close()
})

describe('a password from a list of leaked ones', () => {
  it('is refused with advice, and five characters of its hash are all that leaves the server', async () => {
    const reply = await server.browser().mutate('auth.signUp', { email: newEmail(), password: leaked })
    expect(reply.body).toMatchObject({ error: { data: { fields: { password: expect.stringMatching(/leaked/) } } } })
    expect(asked.at(-1)).toBe(`/range/${sha1(leaked).slice(0, 5)}`)
  })

  it('is refused as a new password as well', async () => {
    const { browser } = await signedUp(server)
    const change = { currentPassword: password, newPassword: leaked }
    const reply = await browser.mutate('account.changePassword', change)
    expect(reply.body).toMatchObject({ error: { data: { fields: { newPassword: expect.stringMatching(/leaked/) } } } })
  })

  it('is accepted while the list cannot be asked, and that is logged', async () => {
    answering = false
    expect((await server.browser().mutate('auth.signUp', { email: newEmail(), password: leaked })).status).toBe(200)
    expect(server.logs.some(({ event }) => event === 'breach_check_unavailable')).toBe(true)
    answering = true
  })
})

it('a list that sends elsewhere is not followed', async () => {
  redirecting = true
  expect((await server.browser().mutate('auth.signUp', { email: newEmail(), password: leaked })).status).toBe(200)
  expect(asked).not.toContain('/elsewhere')
  redirecting = false
})

it('nobody is asked unless the operator says so', async () => {
  const plain = await startTestServer()
  const count = asked.length
  expect((await plain.browser().mutate('auth.signUp', { email: newEmail(), password: leaked })).status).toBe(200)
  expect(asked).toHaveLength(count)
  await plain.close()
})
