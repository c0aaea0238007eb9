import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { DerivedSecret, DerivedSecrets } from './derived-secrets.ts'

/** What a refresh token says: the bearer holds `secret` of one generation of a session. */
export type RefreshToken = { keyId: number; sessionId: string; generation: number; secret: Buffer }

const version = 1
const layout = { version: 0, keyId: 1, sessionId: 5, generation: 21, secret: 25, mac: 57, end: 73 } as const
const saltLength = 16

/** Characters of every refresh token: 73 bytes in base64url. */
export const refreshTokenLength = Math.ceil((layout.end * 4) / 3)

function mac(payload: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(payload)
    .digest()
    .subarray(0, layout.end - layout.mac)
}

function sessionIdBytes(sessionId: string): Buffer {
  return Buffer.from(sessionId.replaceAll('-', ''), 'hex')
}

function sessionIdText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function generationBytes(generation: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(generation)
  return bytes
}

/** The text of a token: `version ‖ key id ‖ session id ‖ generation ‖ secret ‖ MAC` in base64url. */
export function encodeRefreshToken(token: Omit<RefreshToken, 'keyId'>, key: DerivedSecret): string {
  const keyId = Buffer.alloc(4)
  keyId.writeUInt32BE(key.keyId)
  const payload = Buffer.concat([
    Buffer.of(version),
    keyId,
    sessionIdBytes(token.sessionId),
    generationBytes(token.generation),
    token.secret,
  ])
  return Buffer.concat([payload, mac(payload, key.refreshMacKey)]).toString('base64url')
}

/**
 * Reads a token's text; `null` unless one of our secrets authenticated exactly this text. Nothing else is asked of the
 * database for a `null`, so garbage costs one MAC.
 */
export function parseRefreshToken(text: string, secrets: DerivedSecrets): RefreshToken | null {
  if (text.length !== refreshTokenLength) return null
  const bytes = Buffer.from(text, 'base64url')
  // Base64url has several spellings of the same bytes; only ours is accepted.
  if (bytes.length !== layout.end || bytes.toString('base64url') !== text) return null
  if (bytes[layout.version] !== version) return null
  const keyId = bytes.readUInt32BE(layout.keyId)
  const key = secrets.byKeyId.get(keyId)
  if (!key) return null
  if (!timingSafeEqual(mac(bytes.subarray(0, layout.mac), key.refreshMacKey), bytes.subarray(layout.mac))) return null
  return {
    keyId,
    sessionId: sessionIdText(bytes.subarray(layout.sessionId, layout.generation)),
    generation: bytes.readUInt32BE(layout.generation),
    secret: bytes.subarray(layout.secret, layout.mac),
  }
}

/** 256 random bits for generation 0 of a session. */
export function firstSecret(): Buffer {
  return randomBytes(layout.mac - layout.secret)
}

/** Fresh for every rotation, and kept in the row: together with the spent token it yields the successor again. */
export function freshSalt(): Buffer {
  return randomBytes(saltLength)
}

/** What the row keeps of a secret. The secret has 256 random bits, so that a plain hash is enough. */
export function hashSecret(secret: Buffer): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Whether `secret` is the one whose hash the row keeps, compared in constant time. */
export function secretMatches(secret: Buffer, hash: Buffer): boolean {
  return timingSafeEqual(hashSecret(secret), hash)
}

/**
 * The secret of the generation after `presented`: an HMAC under the successor key of `session id ‖ generation + 1 ‖ salt ‖
 * presented secret`. Whoever presents the spent token can be handed the identical successor again by any instance; the
 * database alone, or with the keys, cannot make it.
 */
export function successorSecret(presented: RefreshToken, salt: Buffer, key: DerivedSecret): Buffer {
  return createHmac('sha256', key.successorKey)
    .update(sessionIdBytes(presented.sessionId))
    .update(generationBytes(presented.generation + 1))
    .update(salt)
    .update(presented.secret)
    .digest()
}
