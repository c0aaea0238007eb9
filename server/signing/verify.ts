import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { clockToleranceSeconds, type Verification, verifyAccessToken } from '../token/access-token.ts'
import type { KeyRing } from './key-ring.ts'

/** Verifies an access token; an answer that is known already comes at once, without a promise. */
export type Verify = (text: string) => Verification | Promise<Verification>

/** A little over 1 kB each: 12 MB at the most. */
const remembered = 10_000

/** The same text in one piece of its own: one that was cut out of a header keeps the whole header in memory. */
const apart = (text: string) => Buffer.from(text, 'latin1').toString('latin1')

/**
 * Verification with memory: a token's exact text is verified once and remembered until it expires or its key is no longer
 * trusted. Only good tokens are remembered, so that nobody can fill the memory with bad ones.
 */
export function createVerify({ keyRing, clock, config }: { keyRing: KeyRing; clock: Clock; config: Config }): Verify {
  const verified = new LRUCache<string, Extract<Verification, { kind: 'valid' }>>({ max: remembered })
  const authority = {
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
    maxTtlSeconds: config.accessTokenTtlSeconds,
  }

  async function verifyAnew(text: string): Promise<Verification> {
    const verification = await verifyAccessToken(text, authority, { keyOf: keyRing.verificationKey, now: clock.now() })
    if (verification.kind === 'valid') verified.set(apart(text), verification)
    return verification
  }

  return (text) => {
    const known = verified.get(text)
    if (!known) return verifyAnew(text)
    if (known.claims.exp + clockToleranceSeconds <= clock.now() / 1000) return { kind: 'refused', reason: 'expired' }
    if (!keyRing.trusts(known.keyId)) return { kind: 'refused', reason: 'unknown_key' }
    return known
  }
}
