import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import { type Caller, callerOf } from './caller.ts'
import type { TokenRefusal } from './token-refusal.ts'

/** Whose tokens are accepted, and when it is. */
export type Authority = {
  issuer: string
  audience: string
  clockToleranceSeconds: number
  /** Milliseconds since the epoch. */
  now(): number
}

/** The issuer's keys could not be fetched: nothing is known about the token. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('The signing keys could not be fetched', { cause })
    this.name = 'KeysUnavailable'
  }
}

const maxLength = 2560
/** Longer than Latchkey lets any access token live. */
const longestLifetimeSeconds = 15 * 60
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Whether base64url text is the one spelling of its bytes: the last character has bits that decoders ignore. */
function isCanonical(part: string): boolean {
  if (!/^[\w-]+$/.test(part) || part.length % 4 === 1) return false
  const spare = { 0: 0, 2: 0b1111, 3: 0b11 }[part.length % 4] ?? 0
  return (alphabet.indexOf(part.at(-1) ?? '') & spare) === 0
}

function refusalOf(error: unknown): TokenRefusal | null {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'wrong_algorithm'
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key'
  if (error instanceof errors.JWTClaimValidationFailed) {
    const byClaim: Record<string, TokenRefusal> = {
      typ: 'wrong_type',
      iss: 'wrong_issuer',
      aud: 'wrong_audience',
      nbf: 'clock_skew',
    }
    return byClaim[error.claim] ?? 'bad_claims'
  }
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'malformed'
  if (error instanceof errors.JOSENotSupported) return 'wrong_algorithm'
  return null
}

/** Fetches the issuer's keys when they are needed: for an unknown `kid` at most every half minute, and anew after ten minutes. */
export function remoteKeys(url: string) {
  return createRemoteJWKSet(new URL(url), { cooldownDuration: 30_000, cacheMaxAge: 600_000, timeoutDuration: 5_000 })
}

/**
 * Everything that RFC 8725 and RFC 9068 ask for, except revocation: one spelling, the algorithm that the key was made for, type, issuer, audience, times,
 * lifetime, and the shape of every claim. Throws `KeysUnavailable`.
 */
export async function verifySignature(
  text: string,
  keys: ReturnType<typeof remoteKeys>,
  { issuer, audience, clockToleranceSeconds, now }: Authority,
): Promise<Caller | TokenRefusal> {
  const parts = text.length <= maxLength ? text.split('.') : []
  if (parts.length !== 3 || !parts.every(isCanonical)) return 'malformed'
  try {
    const { payload, protectedHeader } = await jwtVerify(text, keys, {
      algorithms: ['EdDSA', 'ES256', 'RS256'],
      typ: 'at+jwt',
      issuer,
      audience,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now()),
      requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti'],
    })
    const { iat = 0, exp = 0 } = payload
    if (iat > now() / 1000 + clockToleranceSeconds) return 'clock_skew'
    if (!protectedHeader.kid || exp - iat > longestLifetimeSeconds) return 'bad_claims'
    return callerOf(payload) ?? 'bad_claims'
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal) return refusal
    throw new KeysUnavailable(error)
  }
}
