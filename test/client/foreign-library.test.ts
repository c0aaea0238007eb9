import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { createVerifier, type DecodedJwt } from 'fast-jwt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { days } from '../harness/test-clock.ts'
import { password, signedUp, startTestServer } from '../harness/test-server.ts'

type PublishedKey = JsonWebKey & { kid: string; alg: string; use: string }

describe.each(['ES256', 'RS256'] as const)('a library that has nothing to do with ours, with %s', (algorithm) => {
  it('verifies our tokens by the published keys, and refuses them when they are altered or old', async () => {
    const server = await startTestServer({ environment: { SIGNING_ALGORITHM: algorithm } })
    onTestFinished(() => server.close())
    const { email, user } = await signedUp(server)
    const { accessToken } = await server.browser().api.token.issue.mutate({ email, password })
    const { keys } = (await server.browser().send('/.well-known/jwks.json')).body as { keys: PublishedKey[] }
    const keyOf = (kid: string) => {
      const key = keys.find((candidate) => candidate.kid === kid)
      if (!key) throw new Error('unknown key')
      expect(key).toMatchObject({ alg: algorithm, use: 'sig' })
      return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
    }
    const verifierAt = (clockTimestamp: number) =>
      createVerifier({
        key: async ({ header }: DecodedJwt) => keyOf(String(header.kid)),
        algorithms: [algorithm],
        allowedIss: server.config.tokenIssuer,
        allowedAud: server.config.tokenAudience,
        checkTyp: 'at+jwt',
        requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti'],
        clockTimestamp,
      })

    expect(await verifierAt(server.clock.now())(accessToken)).toMatchObject({ sub: user.id, role: 'user', ver: 0 })

    await expect(verifierAt(server.clock.now() + days(1))(accessToken)).rejects.toMatchObject({
      code: 'FAST_JWT_EXPIRED',
    })
    const [header, payload = '', signature] = accessToken.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const altered = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url')
    await expect(verifierAt(server.clock.now())([header, altered, signature].join('.'))).rejects.toMatchObject({
      code: 'FAST_JWT_INVALID_SIGNATURE',
    })
  })
})
