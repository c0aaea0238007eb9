import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { DerivedSecret, DerivedSecrets } from './derived-secrets.ts'

const keyIdLength = 4
const nonceLength = 12
const tagLength = 16

/** Which of the keys derived from `SECRET` seals. */
type Use = 'keyWrappingKey' | 'sealingKey'

/** `key id ‖ nonce ‖ tag ‖ ciphertext` by AES-256-GCM under the newest secret; bound to `name`, so that it cannot be moved to another row. */
export function seal(plain: string, name: string, secrets: DerivedSecrets, use: Use = 'sealingKey'): Buffer {
  const { newest } = secrets
  const keyId = Buffer.alloc(keyIdLength)
  keyId.writeUInt32BE(newest.keyId)
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', newest[use], nonce).setAAD(Buffer.from(name))
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return Buffer.concat([keyId, nonce, cipher.getAuthTag(), ciphertext])
}

/** What was sealed, or `null` when none of our secrets sealed it under that name. */
export function unseal(sealed: Buffer, name: string, secrets: DerivedSecrets, use: Use = 'sealingKey'): string | null {
  const secret: DerivedSecret | undefined = secrets.byKeyId.get(sealed.readUInt32BE(0))
  if (!secret) return null
  const text = sealed.subarray(keyIdLength + nonceLength + tagLength)
  const nonce = sealed.subarray(keyIdLength, keyIdLength + nonceLength)
  const tag = sealed.subarray(keyIdLength + nonceLength, keyIdLength + nonceLength + tagLength)
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret[use], nonce)
    decipher.setAAD(Buffer.from(name)).setAuthTag(tag)
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** Whether it is sealed under the newest secret; if not, it should be sealed again before the old secret is dropped. */
export function isSealedByNewest(sealed: Buffer, { newest }: DerivedSecrets): boolean {
  return sealed.readUInt32BE(0) === newest.keyId
}
