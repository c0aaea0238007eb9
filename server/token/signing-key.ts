import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { SigningAlgorithm } from '../config.ts'
import type { DerivedSecrets } from './derived-secrets.ts'

/** A new pair, before it is stored: the public half as it is published, the private half as it is wrapped. */
export type NewSigningKey = { id: string; algorithm: SigningAlgorithm; publicKey: JWK; privateKey: JWK }

/** A pair whose id is the thumbprint of its public half (RFC 7638), so that an id can never name two keys. */
export async function generateSigningKey(algorithm: SigningAlgorithm): Promise<NewSigningKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 })
  const publicKey = await exportJWK(pair.publicKey)
  const id = await calculateJwkThumbprint(publicKey)
  return {
    id,
    algorithm,
    publicKey: { ...publicKey, kid: id, alg: algorithm, use: 'sig' },
    privateKey: await exportJWK(pair.privateKey),
  }
}

/** Import once and keep: a key given as JWK or bytes to jose is imported anew on each use. */
export async function importKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('A signing key must be asymmetric')
  return key
}

const nonceLength = 12
const tagLength = 16

/** `key id ‖ nonce ‖ tag ‖ ciphertext` by AES-256-GCM under the newest secret; bound to the key's id. */
export function wrapPrivateKey(id: string, privateKey: JWK, { newest }: DerivedSecrets): Buffer {
  const keyId = Buffer.alloc(4)
  keyId.writeUInt32BE(newest.keyId)
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', newest.keyWrappingKey, nonce).setAAD(Buffer.from(id))
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(privateKey), 'utf8'), cipher.final()])
  return Buffer.concat([keyId, nonce, cipher.getAuthTag(), ciphertext])
}

/** The private half, or `null` when none of our secrets wrapped it: then the key can verify but not sign. */
export function unwrapPrivateKey(id: string, wrapped: Buffer, secrets: DerivedSecrets): JWK | null {
  const secret = secrets.byKeyId.get(wrapped.readUInt32BE(0))
  if (!secret) return null
  const nonce = wrapped.subarray(4, 4 + nonceLength)
  const tag = wrapped.subarray(4 + nonceLength, 4 + nonceLength + tagLength)
  const decipher = createDecipheriv('aes-256-gcm', secret.keyWrappingKey, nonce)
  decipher.setAAD(Buffer.from(id)).setAuthTag(tag)
  try {
    const plain = Buffer.concat([decipher.update(wrapped.subarray(4 + nonceLength + tagLength)), decipher.final()])
    return JSON.parse(plain.toString('utf8')) as JWK
  } catch {
    return null
  }
}

/** Whether `wrapped` is under the newest secret; if not, it should be wrapped again before the old secret is dropped. */
export function isWrappedByNewest(wrapped: Buffer, { newest }: DerivedSecrets): boolean {
  return wrapped.readUInt32BE(0) === newest.keyId
}
