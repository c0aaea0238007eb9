import { createSessionClient, type SessionClient } from '../session/session-client.ts'
import { type Caller, grantOf } from './caller.ts'
import { followRevocations } from './revocations.ts'
import { KeysUnavailable, remoteKeys, verifySignature } from './signature.ts'
import type { TokenRefusal } from './token-refusal.ts'

/** How a verifier hears of revocations, and what it does when it has not heard for too long. */
export type RevocationOptions = ({ serviceKey: string } | { client: SessionClient }) & {
  /** What happens to good tokens while revocations are unknown: safety, or availability. */
  whenStale: 'refuse' | 'accept'
  /** The declared bound: how long the feed may be silent. It speaks every second. 10 by default. */
  staleAfterSeconds?: number
}

export type VerifierOptions = {
  /** `iss` of the tokens; Latchkey's `TOKEN_ISSUER`, by default its `PUBLIC_URL`. */
  issuer: string
  /** `aud` of the tokens; Latchkey's `TOKEN_AUDIENCE`, by default its `PUBLIC_URL`. */
  audience: string
  /** `'none'` accepts revoked sessions until their tokens expire. */
  revocation: RevocationOptions | 'none'
  /** Where Latchkey is reached, if not at `issuer`. */
  url?: string
  /** 5 by default. */
  clockToleranceSeconds?: number
  /** Told what should be looked into: the feed is interrupted, or refused. */
  onTrouble?: (error: unknown) => void
  /** Milliseconds since the epoch; for tests. */
  now?: () => number
}

export type Verification =
  | { kind: 'valid'; caller: Caller }
  /** No good token; `detail` is for the log. */
  | { kind: 'refused'; reason: 'NOT_SIGNED_IN'; detail: TokenRefusal | 'missing' }
  | { kind: 'refused'; reason: 'SESSION_REVOKED'; detail: 'revoked' }
  /** Keys or revocations are unknown; the caller should come back. */
  | { kind: 'refused'; reason: 'TEMPORARILY_UNAVAILABLE'; detail: 'keys_unavailable' | 'revocations_unknown' }

export type Verifier = {
  /** Verifies an access token. A token that is known already is answered at once, from two lookups. */
  verify(accessToken: string): Verification | Promise<Verification>
  /** The same for the value of an `Authorization` header. */
  verifyHeader(authorization: string | undefined): Verification | Promise<Verification>
  /** Resolves when revocations are known, or after the bound. */
  ready(): Promise<void>
  /** Whether revocations are known as of the declared bound; for health checks. */
  isFresh(): boolean
  close(): void
}

const rememberedTokens = 10_000

/** Verifies access tokens in this process: by Latchkey's public keys and its revocation feed, without a request per call. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience, revocation, clockToleranceSeconds = 5, onTrouble = () => {}, now = Date.now } = options
  const url = (options.url ?? issuer).replace(/\/+$/, '')
  const keys = remoteKeys(`${url}/.well-known/jwks.json`)
  const known = new Map<string, Caller>()
  const revocations =
    revocation === 'none'
      ? null
      : followRevocations({
          client:
            'client' in revocation
              ? revocation.client
              : createSessionClient({ url, serviceKey: revocation.serviceKey }),
          staleAfterSeconds: revocation.staleAfterSeconds ?? 10,
          onTrouble,
        })
  const mayBeStale = revocation === 'none' || revocation.whenStale === 'accept'
  let isReady = revocations === null

  function judge(caller: Caller): Verification {
    if (revocations?.has(grantOf(caller))) return { kind: 'refused', reason: 'SESSION_REVOKED', detail: 'revoked' }
    if (revocations && !mayBeStale && !revocations.isFresh())
      return { kind: 'refused', reason: 'TEMPORARILY_UNAVAILABLE', detail: 'revocations_unknown' }
    return { kind: 'valid', caller }
  }

  function remember(text: string, caller: Caller): void {
    const [oldest] = known.size >= rememberedTokens ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    known.set(text, caller)
  }

  async function verifyAnew(text: string): Promise<Verification> {
    try {
      const verified = await verifySignature(text, keys, { issuer, audience, clockToleranceSeconds, now })
      if (typeof verified === 'string') return { kind: 'refused', reason: 'NOT_SIGNED_IN', detail: verified }
      remember(text, verified)
      if (!isReady) {
        await revocations?.ready()
        isReady = true
      }
      return judge(verified)
    } catch (error) {
      if (!(error instanceof KeysUnavailable)) throw error
      onTrouble(error)
      return { kind: 'refused', reason: 'TEMPORARILY_UNAVAILABLE', detail: 'keys_unavailable' }
    }
  }

  function verify(text: string): Verification | Promise<Verification> {
    const caller = known.get(text)
    if (!caller) return verifyAnew(text)
    if (caller.expiresAt + clockToleranceSeconds > now() / 1000) return judge(caller)
    known.delete(text)
    return { kind: 'refused', reason: 'NOT_SIGNED_IN', detail: 'expired' }
  }

  return {
    verify,
    verifyHeader(authorization) {
      const text = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
      return text ? verify(text) : { kind: 'refused', reason: 'NOT_SIGNED_IN', detail: 'missing' }
    },
    ready: async () => revocations?.ready(),
    isFresh: () => revocations?.isFresh() ?? true,
    close: () => revocations?.close(),
  }
}
