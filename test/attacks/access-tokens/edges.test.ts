import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signAccessToken } from '../../../server/token/access-token.ts'
import { forgeAccessToken } from '../../harness/forged-tokens.ts'
import { reasonOf } from '../../harness/test-browser.ts'
import { seconds } from '../../harness/test-clock.ts'
import { signedUp, startTestServer, type TestInstance, type TestServer } from '../../harness/test-server.ts'
import { cutOffDatabase } from '../../harness/unreachable-database.ts'

let server: TestServer
let good: string
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
beforeEach(async () => {
  good = (await signedUp(server)).browser.cookie('access') ?? ''
})

const ask = (instance: TestInstance, token: string) =>
  instance.browser({ headers: { authorization: `Bearer ${token}` } }).query('auth.whoami')

/** The reason in the log for refusing a token. */
async function refusalOf(token: string): Promise<unknown> {
  const from = server.logs.length
  const reply = await ask(server, token)
  expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
  return server.logs.slice(from).find(({ event }) => event === 'access_token_refused')?.reason
}

describe('a token that we signed is refused', () => {
  it.each(['sub', 'sid', 'jti', 'exp', 'iat', 'auth_time', 'amr', 'role', 'ver'])(
    'when its %s is of another shape',
    async (claim) => {
      expect((await ask(server, good)).status).toBe(200)
      expect(
        await refusalOf(await forgeAccessToken(server, good, { claims: { [claim]: { of: 'another shape' } } })),
      ).toBe('bad_claims')
    },
  )

  it.each(['exp', 'iat'])('when its %s is no whole second', async (claim) => {
    const claims = { [claim]: server.clock.now() / 1000 + 0.5 }

    expect(await refusalOf(await forgeAccessToken(server, good, { claims }))).toBe('bad_claims')
  })

  it('when it is longer than any of ours', async () => {
    const token = await forgeAccessToken(server, good, { claims: { more: 'x'.repeat(2_000) } })

    expect(await refusalOf(token)).toBe('malformed')
  })

  it('when it names an algorithm that its key was not made for', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const header = JSON.parse(Buffer.from(good.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }
    const claims = JSON.parse(Buffer.from(good.split('.')[1] ?? '', 'base64url').toString())
    const authority = { issuer: claims.iss, audience: claims.aud, maxTtlSeconds: 600 }
    const token = await signAccessToken({ id: header.kid, algorithm: 'ES256', privateKey }, authority, claims)

    expect(await refusalOf(token)).toBe('wrong_algorithm')
  })
})

it('a token that has just been accepted vouches for no other text above its signature', async () => {
  const [header = '', payload = '', signature = ''] = good.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const promoted = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url')
  expect((await ask(server, good)).status).toBe(200)

  expect(await refusalOf(`${header}.${promoted}.${signature}`)).toBe('bad_signature')
  expect((await ask(server, good)).status).toBe(200)
})

it('a token of a key that cannot be looked up is not refused for that: it can be tried again', async () => {
  const token = await forgeAccessToken(server, good, { header: { kid: 'of a key that nobody has heard of' } })
  expect((await ask(server, token)).status).toBe(401)
  server.clock.advance(seconds(2))
  const restore = cutOffDatabase(server)
  const reply = await ask(server, token)
  restore()

  expect(reply.status).toBe(503)
  expect(reasonOf(reply)).toBe('TEMPORARILY_UNAVAILABLE')
})
