import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oddText, runs, seed } from '../../harness/fuzzing.ts'
import { lastWriteOf, sessionRow } from '../../harness/rows.ts'
import { signedUp, startTestServer, type TestServer, testSecret } from '../../harness/test-server.ts'

let server: TestServer
let person: Awaited<ReturnType<typeof signedUp>>
let written: string | undefined
beforeAll(async () => {
  server = await startTestServer()
  person = await signedUp(server)
  written = await lastWriteOf(server, person.session.id)
})
afterAll(async () => {
  expect(await lastWriteOf(server, person.session.id)).toBe(written)
  expect(await sessionRow(server, person.session.id)).toMatchObject({ generation: 0, revokedAt: null })
  await server.close()
})

/** What can stand in a header at all. */
const headerText = oddText.map((text) => text.replace(/[^\x21-\x7e]/g, '').replaceAll(/[;,"]/g, ''))

/** A token with some of its characters exchanged, left out, doubled or put elsewhere. */
const bent = (token: string) =>
  fc
    .tuple(fc.nat(token.length - 1), fc.nat(12), headerText, fc.boolean())
    .map(([at, length, text, twice]) => `${token.slice(0, at)}${text}${token.slice(at + (twice ? -length : length))}`)
    .filter((text) => text !== token)

const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Headers and claims that are nearly ours, under our signature. */
const respelt = (token: string) => {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  const changed = (part: string) =>
    fc
      .tuple(fc.constantFrom(...Object.keys(read(part)), 'crit', 'jwk', 'b64', '__proto__'), fc.jsonValue())
      .map(([name, value]) => json({ ...read(part), [name]: value }))
  return fc
    .tuple(fc.oneof(changed(header), fc.constant(header)), changed(claims))
    .map(([one, other]) => `${one}.${other}.${signature}`)
    .filter((text) => text !== token)
}

async function expectNobody(headers: Record<string, string>): Promise<void> {
  const reply = await server.browser({ headers }).query('auth.whoami')
  expect(reply.status).toBe(401)
  expect(reply.setCookies).toEqual([])
  expect(JSON.stringify(reply.body)).toContain('NOT_SIGNED_IN')
}

describe(`tokens that are nearly good, seed ${seed}`, () => {
  it('a refresh token bent anywhere is nobody’s, and costs no write', async () => {
    await fc.assert(
      fc.asyncProperty(bent(person.browser.cookie('refresh') ?? ''), (text) =>
        expectNobody({ cookie: `refresh=${text}` }),
      ),
      runs(200),
    )
  }, 60_000)

  it('an access token bent anywhere is nobody’s, as cookie and as bearer', async () => {
    await fc.assert(
      fc.asyncProperty(bent(person.browser.cookie('access') ?? ''), async (text) => {
        await expectNobody({ cookie: `access=${text}` })
        await expectNobody({ authorization: `Bearer ${text}` })
      }),
      runs(100),
    )
  }, 60_000)

  it('an access token that says something else under the same signature is nobody’s', async () => {
    await fc.assert(
      fc.asyncProperty(respelt(person.browser.cookie('access') ?? ''), (text) =>
        expectNobody({ authorization: `Bearer ${text}` }),
      ),
      runs(150),
    )
  }, 60_000)

  it('whatever stands in a Cookie header, nothing breaks', async () => {
    const name = fc.oneof(fc.constantFrom('access', 'refresh', 'challenge', 'known', '__Host-access'), headerText)
    const pairs = fc.array(fc.tuple(name, headerText), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(pairs, async (cookies) => {
        const cookie = cookies.map(([key, value]) => `${key}=${value}`).join(';')
        const reply = await server.browser({ headers: { cookie } }).query('auth.current')
        expect([reply.status, reply.body]).toEqual([200, { result: { data: null } }])
      }),
      runs(200),
    )
  }, 60_000)

  it('none of it is in the log', () => {
    const text = JSON.stringify(server.logs)
    for (const secret of [person.browser.cookie('access'), person.browser.cookie('refresh'), testSecret])
      expect(secret && text.includes(secret)).toBe(false)
    expect(server.logs.filter(({ level }) => level >= 50)).toEqual([])
  })
})
