import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import {
  type AccessClaims,
  clockToleranceSeconds,
  type Verification,
  verifyAccessToken,
} from '../token/access-token.ts'
import type { KeyRing } from './key-ring.ts'

type Refused = Extract<Verification, { kind: 'refused' }>
/** A good token, and the caller that its claims speak of. */
type Good<Caller> = Extract<Verification, { kind: 'valid' }> & { text: string; caller: Caller }

/** Verifies an access token; an answer that is known already comes at once, without a promise. */
export type Verify<Caller> = (text: string) => Good<Caller> | Refused | Promise<Good<Caller> | Refused>

/** 1.3 kB each, measured with EdDSA: 13 MB. */
const remembered = 10_000

/** The same text in one piece of its own: one that was cut out of a header keeps the whole header in memory. */
const apart = (text: string) => Buffer.from(text, 'latin1').toString('latin1')

/** What a token is looked for by: the smaller part of its text, and no two good tokens share it. The whole text is compared all the same. */
const signatureOf = (text: string) => text.slice(text.lastIndexOf('.') + 1)

/**
 * Verification with memory: a token's exact text is verified once and remembered until it expires or its key is no longer
 * trusted, together with the caller that its claims speak of. Only good tokens are remembered, so that nobody can fill the memory with bad ones.
 */
export function createVerify<Caller>({
  keyRing,
  clock,
  config,
  callerOf,
}: {
  keyRing: KeyRing
  clock: Clock
  config: Config
  callerOf: (claims: AccessClaims) => Caller
}): Verify<Caller> {
  const verified = new LRUCache<string, Good<Caller>>({ max: remembered })
  const authority = {
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
    maxTtlSeconds: config.accessTokenTtlSeconds,
  }

  async function verifyAnew(text: string): Promise<Good<Caller> | Refused> {
    const verification = await verifyAccessToken(text, authority, { keyOf: keyRing.verificationKey, now: clock.now() })
    if (verification.kind === 'refused') return verification
    const good = { ...verification, text: apart(text), caller: callerOf(verification.claims) }
    verified.set(signatureOf(good.text), good)
    return good
  }

  return (text) => {
    const known = verified.get(signatureOf(text))
    if (known?.text !== text) return verifyAnew(text)
    if (known.claims.exp + clockToleranceSeconds <= clock.now() / 1000) return { kind: 'refused', reason: 'expired' }
    if (!keyRing.trusts(known.keyId)) return { kind: 'refused', reason: 'unknown_key' }
    return known
  }
}
