import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deriveSecrets } from '../../server/token/derived-secrets.ts'
import { isSealedByNewest } from '../../server/token/sealing.ts'
import { generateSigningKey, unwrapPrivateKey, wrapPrivateKey } from '../../server/token/signing-key.ts'

const old = 'known answers need a secret of 32 bytes'
const secrets = deriveSecrets([old])
const rotated = deriveSecrets(['another secret that is long enough for this', old])

// RFC 8037, appendix A: a published pair. It was wrapped by another program, from the format as it is written down.
const id = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
const privateKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
}
const knownWrapping = Buffer.from(
  'BLEoTAABAgMEBQYHCAkKC78LybtPSVGnauxtBZJN4Himjj/y0m3wGQbh2keoPI3tBRhe/69XYIveV0x4iwb4ewurf/rofhCrzP8yz54IunqCFXnemGfim9t4CHrJAlALT93i6NsEmgXZDNQiOK/fXLRT2LCF4zSMThRIoXVTrPVwNaTwv1BjiI9U90pOAznuJKFRhOfbUAOH7tEjImdQE/Q=',
  'base64',
)

describe('a private key under SECRET', () => {
  it('that another program has wrapped is unwrapped', () => {
    expect(unwrapPrivateKey(id, knownWrapping, secrets)).toEqual(privateKey)
  })

  it('is wrapped differently each time, and never in the clear', () => {
    const [one, other] = [wrapPrivateKey(id, privateKey, secrets), wrapPrivateKey(id, privateKey, secrets)]
    expect(one).not.toEqual(other)
    expect(one.includes(privateKey.d)).toBe(false)
    expect(unwrapPrivateKey(id, one, secrets)).toEqual(privateKey)
  })

  it('is not unwrapped with another secret, for another key, or when a bit has been turned over', () => {
    expect(
      unwrapPrivateKey(id, knownWrapping, deriveSecrets(['another secret that is long enough for this'])),
    ).toBeNull()
    expect(unwrapPrivateKey('B'.repeat(43), knownWrapping, secrets)).toBeNull()
    for (let at = 0; at < knownWrapping.length; at += 7) {
      const changed = Buffer.from(knownWrapping)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(unwrapPrivateKey(id, changed, secrets)).toBeNull()
    }
  })

  it('is known to need the newest entry of SECRET, and is unwrapped with an older one', () => {
    expect(unwrapPrivateKey(id, knownWrapping, rotated)).toEqual(privateKey)
    expect(isSealedByNewest(knownWrapping, secrets)).toBe(true)
    expect(isSealedByNewest(knownWrapping, rotated)).toBe(false)
    expect(isSealedByNewest(wrapPrivateKey(id, privateKey, rotated), rotated)).toBe(true)
  })
})

describe('a new signing key', () => {
  it.each(['EdDSA', 'ES256', 'RS256'] as const)(
    'for %s is named by its thumbprint and published without its private half',
    async (algorithm) => {
      const made = await generateSigningKey(algorithm)

      const { kty, crv, e, n, x, y } = made.publicKey
      const members = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
      expect(made.id).toBe(createHash('sha256').update(JSON.stringify(members)).digest('base64url'))
      expect(made.publicKey).toMatchObject({ kid: made.id, alg: algorithm, use: 'sig' })
      expect(Object.keys(made.publicKey)).not.toContain('d')
      expect(made.privateKey.d).toBeDefined()
      if (n) expect(Buffer.from(n, 'base64url')).toHaveLength(384)
    },
  )
})
