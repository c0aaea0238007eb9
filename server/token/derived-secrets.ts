import { hkdfSync } from 'node:crypto'

/** The keys derived from one entry of `SECRET`, one for each use (RFC 5869), so that no use can stand in for another. */
export type DerivedSecret = {
  /** Names this entry inside tokens and rows without revealing it: 31 bits, as it is stored in an integer column. */
  keyId: number
  refreshMacKey: Buffer
  successorKey: Buffer
  keyWrappingKey: Buffer
  /** For what must be read again: the secrets of authenticator apps, and mail that waits. */
  sealingKey: Buffer
  knownDeviceKey: Buffer
}

/** The derived keys of every entry of `SECRET`. New tokens use the newest; older ones remain readable. */
export type DerivedSecrets = { newest: DerivedSecret; byKeyId: ReadonlyMap<number, DerivedSecret> }

function derive(secret: string): DerivedSecret {
  const key = (use: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, 'latchkey', `latchkey v1 ${use}`, length))
  return {
    keyId: key('key id', 4).readUInt32BE() & 0x7fffffff,
    refreshMacKey: key('refresh token mac', 32),
    successorKey: key('refresh token successor', 32),
    keyWrappingKey: key('signing key wrapping', 32),
    sealingKey: key('sealing', 32),
    knownDeviceKey: key('known device', 32),
  }
}

/** Derives the keys of `secrets`, newest first; at least one is needed. */
export function deriveSecrets(secrets: readonly string[]): DerivedSecrets {
  const derived = secrets.map(derive)
  const [newest] = derived
  if (!newest) throw new Error('At least one secret is needed')
  return { newest, byKeyId: new Map(derived.reverse().map((secret) => [secret.keyId, secret])) }
}
