import { createHash, randomBytes } from 'node:crypto'

/** What a service account's key says: the account, and a secret of 256 random bits. */
export type ServiceKey = { accountId: string; secret: Buffer }

const prefix = 'lk_'
const idLength = 16
const secretLength = 32

/** Characters of every key: the prefix, by which scanners find a leaked one, and 48 bytes in base64url. */
const serviceKeyLength = prefix.length + ((idLength + secretLength) * 4) / 3

/** A new key for an account. Its text is shown once and kept nowhere. */
export function newServiceKey(accountId: string): { text: string; key: ServiceKey; hint: string } {
  const secret = randomBytes(secretLength)
  const bytes = Buffer.concat([Buffer.from(accountId.replaceAll('-', ''), 'hex'), secret])
  const text = `${prefix}${bytes.toString('base64url')}`
  return { text, key: { accountId, secret }, hint: text.slice(-4) }
}

/** Reads a key's text; `null` for what cannot be one, so that garbage costs no query. */
export function parseServiceKey(text: string): ServiceKey | null {
  if (text.length !== serviceKeyLength || !text.startsWith(prefix)) return null
  const encoded = text.slice(prefix.length)
  const bytes = Buffer.from(encoded, 'base64url')
  if (bytes.length !== idLength + secretLength || bytes.toString('base64url') !== encoded) return null
  const accountId = bytes
    .subarray(0, idLength)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { accountId, secret: bytes.subarray(idLength) }
}

/** What the row keeps of a key. The secret has 256 random bits, so that a plain hash is enough. */
export function hashServiceKey({ secret }: ServiceKey): Buffer {
  return createHash('sha256').update(secret).digest()
}
