import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { type NamedSecret, readNamedSecret, writeNamedSecret } from './named-secret.ts'

/** What a link or a challenge cookie says. */
export type SingleUseToken = NamedSecret

/** A new token for a link or a challenge cookie. Its text is sent once and kept nowhere; the row keeps `secretHash`. */
export function newSingleUseToken(): { text: string; id: string; secretHash: Buffer } {
  const id = randomUUID()
  const secret = randomBytes(32)
  return { text: writeNamedSecret({ id, secret }), id, secretHash: hashSingleUseSecret(secret) }
}

/** Reads a token's text; `null` for what cannot be one. */
export function parseSingleUseToken(text: string): SingleUseToken | null {
  return readNamedSecret(text)
}

/** The secret has 256 random bits, so that a plain hash is enough. */
export function hashSingleUseSecret(secret: Buffer): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Whether a token fits a row, in a time that says nothing about the row. */
export function fitsHash({ secret }: SingleUseToken, secretHash: Buffer): boolean {
  return timingSafeEqual(hashSingleUseSecret(secret), secretHash)
}
