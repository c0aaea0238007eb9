import type { FastifyBaseLogger } from 'fastify'
import { type Clock, iso } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/connect.ts'
import { isDatabaseUnavailable } from '../database/faults.ts'
import type { Origin } from '../database/security-events.ts'
import type { TokenCookies } from '../http/cookies.ts'
import type { Metrics } from '../metrics.ts'
import type { LastActive } from '../session/last-active.ts'
import type { Locate } from '../session/location.ts'
import type { Device } from '../session/open-session.ts'
import type { Refresh, Refreshed } from '../session/refresh.ts'
import type { RevocationFeed } from '../session/revocation-feed.ts'
import type { KeyRing } from '../signing/key-ring.ts'
import type { Verify } from '../signing/verify.ts'
import type { AccessClaims } from '../token/access-token.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import type { BreachCheck } from '../user/breached-passwords.ts'
import type { PasswordHasher } from '../user/password.ts'
import type { Admission } from './admission.ts'
import type { Reason } from './refusal.ts'
import type { Streams } from './streams.ts'

/** What an instance works with; made once in `buildApp`. */
export type Services = {
  config: Config
  database: Database
  clock: Clock
  secrets: DerivedSecrets
  hasher: PasswordHasher
  /** For calls that hash passwords. */
  admission: Admission
  isBreached: BreachCheck
  keyRing: KeyRing
  feed: RevocationFeed
  verify: Verify<Caller>
  refresh: Refresh
  lastActive: LastActive
  locate: Locate
  streams: Streams
  metrics: Metrics
}

/** Who is calling, as the tokens of this request show. The same for every request that shows the same token. */
export type Caller = Readonly<
  | {
      kind: 'session'
      userId: string
      sessionId: string
      role: string
      amr: readonly string[]
      /** When the person last proved who they are; seconds since the epoch. */
      authenticatedAt: number
      /** RFC 3339. */
      accessTokenExpiresAt: string
    }
  /** A program in its own name; only ever by a bearer token. */
  | {
      kind: 'service'
      accountId: string
      keyId: string
      scopes: readonly string[]
      /** RFC 3339. */
      accessTokenExpiresAt: string
    }
  | { kind: 'anonymous'; reason: EndReason }
  /** Credentials came, but the database cannot be asked about them. */
  | { kind: 'unavailable' }
>

export type SessionCaller = Extract<Caller, { kind: 'session' }>

type EndReason = Extract<Reason, 'NOT_SIGNED_IN' | 'SESSION_EXPIRED' | 'SESSION_REVOKED' | 'REFRESH_TOKEN_REUSED'>

/** What a procedure knows of its request. */
export type Context = {
  services: Services
  caller: Caller
  cookies: TokenCookies
  /** What the caller's User-Agent says; read by what writes it down. */
  device(): Device
  origin: Origin
  log: FastifyBaseLogger
  /** How many calls the request carries. */
  callCount: number
  /** Whether the reply's head leaves before a procedure has finished, so that no cookie can be set from within. */
  streamed: boolean
  /** What this request's refresh cookie turned into, if the context builder rotated it. */
  refreshed: Extract<Refreshed, { kind: 'live' }> | null
}

/** The parts of a request that decide who is calling. */
export type Credentials = {
  bearer: string | null
  cookies: TokenCookies
  origin: Origin
  log: FastifyBaseLogger
  /** Whether the request reaches a procedure at all; one that does not rotates nothing. */
  reachesProcedure: boolean
}

type Identified = { caller: Caller; refreshed: Context['refreshed'] }

const anonymous = (reason: EndReason): Identified => ({ caller: { kind: 'anonymous', reason }, refreshed: null })
const unavailable: Identified = { caller: { kind: 'unavailable' }, refreshed: null }

/** Whom the claims of an access token speak of. */
export function callerOf(claims: AccessClaims): Caller {
  const { sub, sid } = claims
  const accessTokenExpiresAt = iso(claims.exp * 1000)
  if ('scope' in claims)
    return { kind: 'service', accountId: sub, keyId: sid, scopes: claims.scope.split(' '), accessTokenExpiresAt }
  const { role, amr, auth_time: authenticatedAt } = claims
  return { kind: 'session', userId: sub, sessionId: sid, role, amr, authenticatedAt, accessTokenExpiresAt }
}

/**
 * Who is calling: the access token if it is good and its session unrevoked; else, for cookies, whatever rotating the refresh
 * token yields, before any procedure runs (R4). Never throws for a credential (R5): a fault becomes `unavailable`, and then no
 * cookie is touched.
 */
export async function identify(services: Services, credentials: Credentials): Promise<Identified> {
  try {
    if (credentials.bearer !== null) return await byAccessToken(services, credentials, credentials.bearer)
    const { access, refresh } = credentials.cookies
    const byAccess = access ? await byAccessToken(services, credentials, access) : anonymous('NOT_SIGNED_IN')
    if (byAccess.caller.kind === 'session') return byAccess
    // The session that the pair belongs to has been ended; its refresh token has nothing to add.
    if (byAccess.caller.kind === 'anonymous' && byAccess.caller.reason === 'SESSION_REVOKED') {
      credentials.cookies.clear()
      return byAccess
    }
    if (!refresh || !credentials.reachesProcedure) return anonymous('NOT_SIGNED_IN')
    return await byRefreshToken(services, credentials, refresh)
  } catch (error) {
    if (isDatabaseUnavailable(error)) {
      credentials.log.warn({ event: 'identify_unavailable', err: error }, 'The caller could not be identified')
      return unavailable
    }
    throw error
  }
}

async function byAccessToken(
  { verify, feed, lastActive, metrics }: Services,
  { log, origin }: Credentials,
  text: string,
): Promise<Identified> {
  const verifying = verify(text)
  const verification = verifying instanceof Promise ? await verifying : verifying
  if (verification.kind === 'refused') {
    metrics.accessTokensRefused.inc({ reason: verification.reason })
    const level = verification.reason === 'expired' ? 'debug' : 'info'
    log[level](
      { event: 'access_token_refused', reason: verification.reason, ipAddress: origin.ipAddress },
      'Access token refused',
    )
    return anonymous('NOT_SIGNED_IN')
  }
  const { claims, caller } = verification
  const revoked = feed.isRevoked(claims.sid)
  if (typeof revoked === 'boolean' ? revoked : await revoked) {
    metrics.accessTokensRefused.inc({ reason: 'revoked' })
    log.info(
      { event: 'access_token_refused', reason: 'revoked', sessionId: claims.sid },
      'Access token of a revoked session',
    )
    return anonymous('SESSION_REVOKED')
  }
  if (caller.kind === 'session') lastActive.mark(claims.sid)
  return { caller, refreshed: null }
}

async function byRefreshToken(services: Services, credentials: Credentials, text: string): Promise<Identified> {
  const { cookies, origin } = credentials
  const refreshed = await services.refresh(text, origin)
  switch (refreshed.kind) {
    case 'live': {
      cookies.set(tokenPair(refreshed))
      const { bearer, accessToken } = refreshed
      const { userId, sessionId, role } = bearer
      const amr = bearer.amr.split(' ')
      const authenticatedAt = Math.floor(bearer.authenticatedAt / 1000)
      const accessTokenExpiresAt = iso(accessToken.expiresAt * 1000)
      return {
        caller: { kind: 'session', userId, sessionId, role, amr, authenticatedAt, accessTokenExpiresAt },
        refreshed,
      }
    }
    case 'ended':
      cookies.clear()
      return anonymous(endReasons[refreshed.why])
    case 'reused':
      cookies.clear()
      return anonymous('REFRESH_TOKEN_REUSED')
    case 'malformed':
    case 'alarm':
      return anonymous('NOT_SIGNED_IN')
  }
}

/** What a caller is told about a session that a refresh token found ended. */
export const endReasons = { unknown: 'NOT_SIGNED_IN', revoked: 'SESSION_REVOKED', expired: 'SESSION_EXPIRED' } as const

/** The cookies for a live session: each lives as long as its token could be used. */
export function tokenPair({ bearer, accessToken, refreshToken }: Extract<Refreshed, { kind: 'live' }>) {
  const now = bearer.now / 1000
  return {
    accessToken,
    refreshToken,
    accessMaxAgeSeconds: Math.max(0, Math.floor(accessToken.expiresAt - now)),
    refreshMaxAgeSeconds: Math.max(0, Math.floor(bearer.idleExpiresAt / 1000 - now)),
  }
}
