import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { DerivedSecret, DerivedSecrets } from './derived-secrets.ts'

const nonceLength = 16
const macLength = 16

const macOf = (nonce: Buffer, email: string, { knownDeviceKey }: DerivedSecret) =>
  createHmac('sha256', knownDeviceKey).update(nonce).update(email).digest().subarray(0, macLength)

/** Says that somebody who owned this account signed in from this browser before. It opens nothing: guesses made with it are counted apart from strangers'. */
export function newKnownDevice(email: string, { newest }: DerivedSecrets): string {
  const nonce = randomBytes(nonceLength)
  return Buffer.concat([nonce, macOf(nonce, email, newest)]).toString('base64url')
}

/** What tells a browser apart from all others that know this account; `null` for one that does not. */
export function knownDeviceOf(text: string, email: string, { byKeyId }: DerivedSecrets): string | null {
  if (text.length > 64) return null
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== nonceLength + macLength || bytes.toString('base64url') !== text) return null
  const nonce = bytes.subarray(0, nonceLength)
  const mac = bytes.subarray(nonceLength)
  const fits = [...byKeyId.values()].some((secret) => timingSafeEqual(macOf(nonce, email, secret), mac))
  return fits ? nonce.toString('hex') : null
}
