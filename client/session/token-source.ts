import { createTRPCClient, httpLink } from '@trpc/client'
import { type Failure, LatchkeyError } from '../failure.ts'
import type { LatchkeyRouter } from '../router.ts'
import type { Fetch } from './fetch.ts'
import { forLinks } from './link-fetch.ts'
import type { Credentials, Tokens } from './token-storage.ts'
import type { TokenSource } from './tokens.ts'

type Connection = { url: string; fetch: Fetch; now(): number }

type Grant = { accessToken: string; refreshToken: string; expiresIn: number }

/** Signs in with `token.issue`, if there is anything to sign in with, and refreshes with `token.refresh`. */
export function sessionSource(
  { url, fetch, now }: Connection,
  credentials: Credentials | (() => Credentials | Promise<Credentials>) | null,
): TokenSource {
  const { token } = createTRPCClient<LatchkeyRouter>({
    links: [httpLink({ url: `${url}/trpc`, fetch: forLinks(fetch) })],
  })
  const toTokens = ({ accessToken, refreshToken, expiresIn }: Grant): Tokens => ({
    accessToken,
    refreshToken,
    expiresAt: now() + expiresIn * 1000,
    lifetimeSeconds: expiresIn,
  })
  return {
    start:
      credentials &&
      (async () => {
        const { email, password, deviceName } = typeof credentials === 'function' ? await credentials() : credentials
        const input = { email, password, ...(deviceName === undefined ? {} : { deviceName }) }
        return toTokens(await token.issue.mutate(input))
      }),
    refresh: async ({ refreshToken }) => toTokens(await token.refresh.mutate({ refreshToken: refreshToken ?? '' })),
  }
}

/** The service account that a key belongs to, which is its `client_id`. */
function accountOf(serviceKey: string): string {
  const text = serviceKey.slice(3).replaceAll('-', '+').replaceAll('_', '/')
  const hex = Array.from(atob(text).slice(0, 16), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

type OAuthReply = { access_token?: string; expires_in?: number; error?: string; error_description?: string }

function oauthFailure(response: Response, { error, error_description }: OAuthReply): Failure {
  const common = {
    message: error_description ?? 'The key was not exchanged',
    requestId: response.headers.get('x-request-id'),
  }
  if (error === 'invalid_client') return { ...common, reason: 'SESSION_REVOKED', sessionEnded: true, retryable: false }
  if (response.status === 429 || response.status >= 500) {
    const retryAfterSeconds = Number(response.headers.get('retry-after')) || 1
    const reason = response.status === 429 ? 'TOO_MANY_ATTEMPTS' : 'TEMPORARILY_UNAVAILABLE'
    return { ...common, reason, sessionEnded: false, retryable: true, retryAfterSeconds }
  }
  return { ...common, reason: 'NOT_ALLOWED', sessionEnded: false, retryable: false, fields: {} }
}

/** Exchanges a service account's key at `/oauth/token` (RFC 6749, 4.4), each time anew. */
export function serviceSource({ url, fetch, now }: Connection, serviceKey: string): TokenSource {
  if (!/^lk_[\w-]{64}$/.test(serviceKey)) throw new TypeError('A service key begins with lk_ and has 67 characters')
  async function exchange(): Promise<Tokens> {
    const response = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa(`${accountOf(serviceKey)}:${serviceKey}`)}`,
      },
      body: 'grant_type=client_credentials',
    })
    const reply = (await response.json().catch(() => ({}))) as OAuthReply
    if (!response.ok || !reply.access_token || !reply.expires_in) throw new LatchkeyError(oauthFailure(response, reply))
    return {
      accessToken: reply.access_token,
      refreshToken: null,
      expiresAt: now() + reply.expires_in * 1000,
      lifetimeSeconds: reply.expires_in,
    }
  }
  return { start: exchange, refresh: exchange }
}
