import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { type RefreshToken, secretMatches, successorSecret } from '../token/refresh-token.ts'

/** The part of a session's row that decides what becomes of a presented refresh token. */
export type FamilyState = {
  generation: number
  secretHash: Buffer
  salt: Buffer
  keyId: number
  rotatedMillisecondsAgo: number
  revoked: boolean
  expired: boolean
  /** The user's token version has moved on, or the user is suspended. */
  disowned: boolean
}

export type Transition =
  | { kind: 'ended'; why: 'revoked' | 'expired' }
  | { kind: 'rotate' }
  /** `secret` is the identical successor that the first presenter was given. */
  | { kind: 'replay'; secret: Buffer }
  | { kind: 'lateRetry' }
  | { kind: 'theft' }
  | { kind: 'alarm'; why: 'future_generation' | 'wrong_secret' }

/** The transition table of a refresh-token family: what presenting an authentic token means in a given state. Pure. */
export function transitionOf(
  presented: RefreshToken,
  state: FamilyState,
  { secrets, retryWindowSeconds }: { secrets: DerivedSecrets; retryWindowSeconds: number },
): Transition {
  if (state.revoked || state.disowned) return { kind: 'ended', why: 'revoked' }
  if (state.expired) return { kind: 'ended', why: 'expired' }

  const generationsBehind = state.generation - presented.generation
  if (generationsBehind < 0) return { kind: 'alarm', why: 'future_generation' }
  if (generationsBehind >= 2) return { kind: 'theft' }
  if (generationsBehind === 0)
    return secretMatches(presented.secret, state.secretHash)
      ? { kind: 'rotate' }
      : { kind: 'alarm', why: 'wrong_secret' }

  const key = secrets.byKeyId.get(state.keyId)
  if (!key) return { kind: 'alarm', why: 'wrong_secret' }
  const secret = successorSecret(presented, state.salt, key)
  if (!secretMatches(secret, state.secretHash)) return { kind: 'alarm', why: 'wrong_secret' }
  return state.rotatedMillisecondsAgo < retryWindowSeconds * 1000 ? { kind: 'replay', secret } : { kind: 'lateRetry' }
}
