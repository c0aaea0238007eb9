import { type KeyObject, randomUUID } from 'node:crypto'
import { type CryptoKey, errors, jwtVerify } from 'jose'
import { z } from 'zod'
import type { SigningAlgorithm } from '../config.ts'
import { signJws } from './jws.ts'

/** Media type of RFC 9068: no other kind of JWT passes for an access token. */
const typ = 'at+jwt'

/** Longer than any token of ours; anything longer is refused before it is decoded. */
const maxLength = 2560

/** Seconds by which clocks may differ. The server's clock follows the database, so this covers rounding and a late poll. */
export const clockToleranceSeconds = 5

/** The claims of every access token (R8). Times are seconds since the epoch. */
type CommonClaims = {
  sub: string
  /** What the token was issued for, and what is revoked with it: a session, or a service account's key. */
  sid: string
  jti: string
  iat: number
  exp: number
}

/** The claims of a person's access token. */
export type SessionClaims = CommonClaims & {
  auth_time: number
  amr: string[]
  role: string
  ver: number
}

/** The claims of a service account's access token (RFC 9068, 2.2): what it may do is said by its scopes alone. */
export type ServiceClaims = CommonClaims & { client_id: string; scope: string }

export type AccessClaims = SessionClaims | ServiceClaims

const seconds = z.int().min(0)
const commonClaims = z.object({ sub: z.uuid(), sid: z.uuid(), jti: z.uuid(), iat: seconds, exp: seconds })
const serviceClaims = commonClaims.extend({ client_id: z.uuid(), scope: z.string().max(500) })
const sessionClaims = commonClaims.extend({
  auth_time: seconds,
  amr: z.array(z.string().max(20)).max(10),
  role: z.string().max(50),
  ver: seconds,
})
const claimsSchema = z.union([serviceClaims, sessionClaims])

export type TokenAuthority = { issuer: string; audience: string; maxTtlSeconds: number }
export type SigningKey = { id: string; algorithm: SigningAlgorithm; privateKey: KeyObject }
export type VerificationKey = { algorithm: string; publicKey: CryptoKey }

/** Why a token was refused; logged and counted, never sent. */
export type TokenRefusal =
  | 'malformed'
  | 'unknown_key'
  | 'wrong_algorithm'
  | 'bad_signature'
  | 'wrong_type'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'expired'
  | 'clock_skew'
  | 'bad_claims'

export type Verification =
  | { kind: 'valid'; claims: AccessClaims; keyId: string }
  | { kind: 'refused'; reason: TokenRefusal }

/** A signed access token. `now` and `expiresAt` are seconds since the epoch. */
export async function signAccessToken(
  key: SigningKey,
  { issuer, audience }: TokenAuthority,
  claims: Omit<SessionClaims, 'jti'> | Omit<ServiceClaims, 'jti'>,
): Promise<string> {
  return signJws(key, { typ, kid: key.id }, { ...claims, jti: randomUUID(), iss: issuer, aud: audience })
}

function isCanonicalJwt(text: string): boolean {
  const parts = text.split('.')
  return (
    parts.length === 3 &&
    parts.every((part) => part.length > 0 && Buffer.from(part, 'base64url').toString('base64url') === part)
  )
}

/** Signals from inside the key lookup, where jose would fold them into one error. */
class KeyRefused extends Error {
  readonly reason: TokenRefusal
  constructor(reason: TokenRefusal) {
    super(reason)
    this.reason = reason
  }
}

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof KeyRefused) return error.reason
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'wrong_algorithm'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'typ') return 'wrong_type'
    if (error.claim === 'iss') return 'wrong_issuer'
    if (error.claim === 'aud') return 'wrong_audience'
    if ((error.claim === 'nbf' || error.claim === 'iat') && error.reason === 'check_failed') return 'clock_skew'
    return 'bad_claims'
  }
  return 'malformed'
}

/**
 * Checks everything that RFC 8725 asks for: one spelling of the text, an algorithm that the named key was made for, `typ`,
 * `iss`, `aud`, `exp`, `nbf`, `iat` not in the future, a bounded lifetime and the shape of every claim. Never throws for
 * what is in the token; a fault of `keyOf` passes through.
 */
export async function verifyAccessToken(
  text: string,
  authority: TokenAuthority,
  { keyOf, now }: { keyOf: (keyId: string) => Promise<VerificationKey | null>; now: number },
): Promise<Verification> {
  if (text.length > maxLength || !isCanonicalJwt(text)) return { kind: 'refused', reason: 'malformed' }
  let fault: unknown
  try {
    const { payload, protectedHeader } = await jwtVerify(
      text,
      async ({ kid, alg }) => {
        const key = await keyOf(String(kid)).catch((error: unknown) => {
          fault = error
          return null
        })
        if (!key) throw new KeyRefused('unknown_key')
        if (key.algorithm !== alg) throw new KeyRefused('wrong_algorithm')
        return key.publicKey
      },
      {
        algorithms: ['EdDSA', 'ES256', 'RS256'],
        typ,
        issuer: authority.issuer,
        audience: authority.audience,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now),
        requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
      },
    )
    const claims = claimsSchema.safeParse(payload)
    if (!claims.success) return { kind: 'refused', reason: 'bad_claims' }
    const { iat, exp } = claims.data
    if (iat > now / 1000 + clockToleranceSeconds) return { kind: 'refused', reason: 'clock_skew' }
    if (exp - iat > authority.maxTtlSeconds) return { kind: 'refused', reason: 'bad_claims' }
    return { kind: 'valid', claims: claims.data, keyId: String(protectedHeader.kid) }
  } catch (error) {
    if (fault) throw fault
    return { kind: 'refused', reason: refusalOf(error) }
  }
}
