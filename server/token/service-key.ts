import { createHash, randomBytes } from 'node:crypto'
import { readNamedSecret, writeNamedSecret } from './named-secret.ts'

/** What a service account's key says: the account, and a secret of 256 random bits. */
export type ServiceKey = { accountId: string; secret: Buffer }

/** By which scanners find a leaked one. */
const prefix = 'lk_'

/** A new key for an account. Its text is shown once and kept nowhere. */
export function newServiceKey(accountId: string): { text: string; key: ServiceKey; hint: string } {
  const secret = randomBytes(32)
  const text = `${prefix}${writeNamedSecret({ id: accountId, secret })}`
  return { text, key: { accountId, secret }, hint: text.slice(-4) }
}

/** Reads a key's text; `null` for what cannot be one, so that garbage costs no query. */
export function parseServiceKey(text: string): ServiceKey | null {
  const read = text.startsWith(prefix) ? readNamedSecret(text.slice(prefix.length)) : null
  return read && { accountId: read.id, secret: read.secret }
}

/** What the row keeps of a key. The secret has 256 random bits, so that a plain hash is enough. */
export function hashServiceKey({ secret }: ServiceKey): Buffer {
  return createHash('sha256').update(secret).digest()
}
