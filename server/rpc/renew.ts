import type { Bearer } from '../session/bearer.ts'
import { mintAccessToken } from '../signing/mint-access-token.ts'
import { type Context, endReasons, tokenPair } from './context.ts'
import { Refusal } from './refusal.ts'

/** Rotates this request's refresh cookie although its access token is still good, and sets the new pair. */
export async function rotateNow(ctx: Context) {
  const { cookies, services, origin } = ctx
  const refreshed = cookies.refresh ? await services.refresh(cookies.refresh, origin) : ({ kind: 'malformed' } as const)
  switch (refreshed.kind) {
    case 'live':
      cookies.set(tokenPair(refreshed))
      return refreshed
    case 'ended':
      cookies.clear()
      throw new Refusal(endReasons[refreshed.why])
    case 'reused':
      cookies.clear()
      throw new Refusal('REFRESH_TOKEN_REUSED')
    case 'malformed':
    case 'alarm':
      throw new Refusal('NOT_SIGNED_IN')
  }
}

/** What of a session the tokens of this browser do not say yet. */
type News = Partial<Pick<Bearer, 'tokenVersion' | 'amr'>>

/**
 * Gives this browser tokens that say what has just been written to its session: a new proof, a new token version. A bearer refreshes by itself.
 *
 * A request that has been rotated already is given a new access token only: a second rotation would leave other tabs, which still send the
 * cookie that this request came with, two generations behind, and that is what theft looks like.
 */
export async function renewTokens(ctx: Context, news: News): Promise<void> {
  const { services, cookies, refreshed } = ctx
  if (!refreshed) {
    if (cookies.refresh) await rotateNow(ctx)
    return
  }
  const now = services.clock.now()
  const renewed = { ...refreshed.bearer, ...news, authenticatedAt: now, now }
  const accessToken = await mintAccessToken(services.keyRing, services.config, renewed)
  cookies.set(tokenPair({ kind: 'live', bearer: renewed, accessToken, refreshToken: refreshed.refreshToken }))
}
