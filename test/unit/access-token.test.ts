import { beforeAll, describe, expect, it } from 'vitest'
import { signAccessToken, type VerificationKey, verifyAccessToken } from '../../server/token/access-token.ts'
import { generateSigningKey, importKey, importPrivateKey } from '../../server/token/signing-key.ts'

// RFC 8037, appendix A: a published key and its thumbprint. The token was signed with it by another program.
const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const keyId = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
const knownToken =
  'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoiaHR0cHM6Ly9hdWRpZW5jZS5leGFtcGxlIiwic3ViIjoiMDAxMTIyMzMtNDQ1NS00Njc3LTg4OTktYWFiYmNjZGRlZWZmIiwic2lkIjoiZmZlZWRkY2MtYmJhYS00OTg4LWI3NjYtNTU0NDMzMjIxMTAwIiwianRpIjoiMDEyMzQ1NjctODlhYi00ZGVmLTgxMjMtNDU2Nzg5YWJjZGVmIiwiaWF0IjoxNzk1NDM1MjAwLCJleHAiOjE3OTU0MzU4MDAsImF1dGhfdGltZSI6MTc5NTQzMDAwMCwiYW1yIjpbInB3ZCJdLCJyb2xlIjoidXNlciIsInZlciI6M30.ef050jxpnyC8HKTC_tov2v0s4X32PczpaSXxA4GIF1lcDDp_8RgeBTpbAAHawlTyVhJQMA4xdakbFcNl2lbxDQ'
const issuedAt = 1_795_435_200
const claims = {
  sub: '00112233-4455-4677-8899-aabbccddeeff',
  sid: 'ffeeddcc-bbaa-4988-b766-554433221100',
  iat: issuedAt,
  exp: issuedAt + 600,
  auth_time: 1_795_430_000,
  amr: ['pwd'],
  role: 'user',
  ver: 3,
}

const authority = { issuer: 'https://issuer.example', audience: 'https://audience.example', maxTtlSeconds: 600 }
let key: VerificationKey
beforeAll(async () => {
  key = { algorithm: 'EdDSA', publicKey: await importKey(jwk, 'EdDSA') }
})

const keyOf = async (id: string) => (id === keyId ? key : null)
const at = (seconds: number) => ({ keyOf, now: seconds * 1_000 })

describe('an access token that another program has signed', () => {
  it('is valid and says this', async () => {
    expect(await verifyAccessToken(knownToken, authority, at(issuedAt))).toEqual({
      kind: 'valid',
      keyId,
      claims: { ...claims, jti: '01234567-89ab-4def-8123-456789abcdef' },
    })
  })

  it.each([
    [-6, 'clock_skew'],
    [-5, 'valid'],
    [604, 'valid'],
    [605, 'expired'],
  ])('is, %i seconds after it was issued, %s', async (later, outcome) => {
    const verification = await verifyAccessToken(knownToken, authority, at(issuedAt + later))
    expect(verification.kind === 'valid' ? 'valid' : verification.reason).toBe(outcome)
  })

  it.each([
    [{ ...authority, issuer: 'https://issuer.example/' }, 'wrong_issuer'],
    [{ ...authority, audience: 'https://other.example' }, 'wrong_audience'],
    [{ ...authority, maxTtlSeconds: 599 }, 'bad_claims'],
  ])('is refused by %j as %s', async (other, reason) => {
    expect(await verifyAccessToken(knownToken, other, at(issuedAt))).toEqual({ kind: 'refused', reason })
  })

  it('is refused when its key is unknown, or was made for another algorithm', async () => {
    const none = { keyOf: async () => null, now: issuedAt * 1_000 }
    const other = { keyOf: async () => ({ ...key, algorithm: 'ES256' }), now: issuedAt * 1_000 }
    expect(await verifyAccessToken(knownToken, authority, none)).toEqual({ kind: 'refused', reason: 'unknown_key' })
    expect(await verifyAccessToken(knownToken, authority, other)).toEqual({
      kind: 'refused',
      reason: 'wrong_algorithm',
    })
  })

  it('is not judged when the keys cannot be read', async () => {
    const fault = new Error('no database')
    const failing = { keyOf: () => Promise.reject(fault), now: issuedAt * 1_000 }
    await expect(verifyAccessToken(knownToken, authority, failing)).rejects.toBe(fault)
  })
})

it.each(['EdDSA', 'ES256', 'RS256'] as const)(
  'a token signed with %s is verified, each with an id of its own',
  async (algorithm) => {
    const made = await generateSigningKey(algorithm)
    const signer = { id: made.id, algorithm, privateKey: importPrivateKey(made.privateKey) }
    const verifier = { algorithm, publicKey: await importKey(made.publicKey, algorithm) }
    const options = { keyOf: async () => verifier, now: issuedAt * 1_000 }

    const [one, other] = [
      await signAccessToken(signer, authority, claims),
      await signAccessToken(signer, authority, claims),
    ]

    expect(await verifyAccessToken(one, authority, options)).toMatchObject({ kind: 'valid', keyId: made.id, claims })
    expect(await verifyAccessToken(other, authority, options)).toMatchObject({ kind: 'valid' })
    expect(one).not.toBe(other)
    expect(one.length).toBeLessThan(2_048)
  },
)
