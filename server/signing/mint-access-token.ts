import type { Config } from '../config.ts'
import { signAccessToken, type TokenAuthority } from '../token/access-token.ts'
import type { KeyRing } from './key-ring.ts'

/** What an access token is minted from. Times are milliseconds since the epoch. */
type Subject = {
  sessionId: string
  userId: string
  role: string
  tokenVersion: number
  amr: string
  authenticatedAt: number
  absoluteExpiresAt: number
  now: number
}

export type AccessToken = { text: string /** Seconds since the epoch. */; expiresAt: number }

/** What a service account's access token is minted from. Times are milliseconds since the epoch. */
type Service = { accountId: string; keyId: string; scope: string; expiresAt: number; now: number }

/** An access token for a service account, at the database's time; it never outlives the key that it was exchanged for. */
export async function mintServiceToken(keyRing: KeyRing, config: Config, service: Service): Promise<AccessToken> {
  const { accountId, keyId, scope } = service
  const issuedAt = Math.floor(service.now / 1000)
  const expiresAt = Math.min(issuedAt + config.accessTokenTtlSeconds, Math.floor(service.expiresAt / 1000))
  const claims = { sub: accountId, client_id: accountId, sid: keyId, scope, iat: issuedAt, exp: expiresAt }
  return { text: await signAccessToken(keyRing.signingKey(), authorityOf(config), claims), expiresAt }
}

function authorityOf({ tokenIssuer, tokenAudience, accessTokenTtlSeconds }: Config): TokenAuthority {
  return { issuer: tokenIssuer, audience: tokenAudience, maxTtlSeconds: accessTokenTtlSeconds }
}

/** An access token for a session, at the database's time; it never outlives the session's absolute expiry. */
export async function mintAccessToken(keyRing: KeyRing, config: Config, subject: Subject): Promise<AccessToken> {
  const issuedAt = Math.floor(subject.now / 1000)
  const expiresAt = Math.min(issuedAt + config.accessTokenTtlSeconds, Math.floor(subject.absoluteExpiresAt / 1000))
  const text = await signAccessToken(keyRing.signingKey(), authorityOf(config), {
    sub: subject.userId,
    sid: subject.sessionId,
    iat: issuedAt,
    exp: expiresAt,
    auth_time: Math.floor(subject.authenticatedAt / 1000),
    amr: subject.amr.split(' '),
    role: subject.role,
    ver: subject.tokenVersion,
  })
  return { text, expiresAt }
}
