import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { SigningAlgorithm } from '../config.ts'
import type { DerivedSecrets } from './derived-secrets.ts'
import { seal, unseal } from './sealing.ts'

/** A new pair, before it is stored: the public half as it is published, the private half as it is wrapped. */
export type NewSigningKey = { id: string; algorithm: SigningAlgorithm; publicKey: JWK; privateKey: JWK }

/** RSA as strong as the elliptic curves are: 128 bits (NIST SP 800-57, ASVS 11.2.3). */
const modulusLength = 3072

/** A pair whose id is the thumbprint of its public half (RFC 7638), so that an id can never name two keys. */
export async function generateSigningKey(algorithm: SigningAlgorithm): Promise<NewSigningKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength })
  const publicKey = await exportJWK(pair.publicKey)
  const id = await calculateJwkThumbprint(publicKey)
  return {
    id,
    algorithm,
    publicKey: { ...publicKey, kid: id, alg: algorithm, use: 'sig' },
    privateKey: await exportJWK(pair.privateKey),
  }
}

/** The private half of a pair, ready to sign. */
export function importPrivateKey(jwk: JWK): KeyObject {
  return createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
}

/** The public half, to verify with. Import once and keep: a key given as JWK or bytes to jose is imported anew on each use. */
export async function importKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('A signing key must be asymmetric')
  return key
}

/** The private half as the row keeps it: sealed, and bound to the key's id. */
export function wrapPrivateKey(id: string, privateKey: JWK, secrets: DerivedSecrets): Buffer {
  return seal(JSON.stringify(privateKey), id, secrets, 'keyWrappingKey')
}

/** The private half, or `null` when none of our secrets wrapped it: then the key can verify but not sign. */
export function unwrapPrivateKey(id: string, wrapped: Buffer, secrets: DerivedSecrets): JWK | null {
  const text = unseal(wrapped, id, secrets, 'keyWrappingKey')
  return text === null ? null : (JSON.parse(text) as JWK)
}
