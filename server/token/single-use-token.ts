import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'

/** What a link or a challenge cookie says: which row, and a secret of 256 random bits. */
export type SingleUseToken = { id: string; secret: Buffer }

const idLength = 16
const secretLength = 32

/** Characters of every such token: 48 bytes in base64url. */
const singleUseTokenLength = ((idLength + secretLength) * 4) / 3

/** A new token. Its text is sent once and kept nowhere; the row keeps `secretHash`. */
export function newSingleUseToken(): { text: string; id: string; secretHash: Buffer } {
  const id = randomUUID()
  const secret = randomBytes(secretLength)
  const text = Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), secret]).toString('base64url')
  return { text, id, secretHash: hashSingleUseSecret(secret) }
}

/** Reads a token's text; `null` for what cannot be one, so that garbage costs no query. */
export function parseSingleUseToken(text: string): SingleUseToken | null {
  if (text.length !== singleUseTokenLength) return null
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== idLength + secretLength || bytes.toString('base64url') !== text) return null
  const id = bytes
    .subarray(0, idLength)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { id, secret: bytes.subarray(idLength) }
}

/** The secret has 256 random bits, so that a plain hash is enough. */
export function hashSingleUseSecret(secret: Buffer): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Whether a token fits a row, in a time that says nothing about the row. */
export function fitsHash({ secret }: SingleUseToken, secretHash: Buffer): boolean {
  return timingSafeEqual(hashSingleUseSecret(secret), secretHash)
}
