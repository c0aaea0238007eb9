import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import type { LatchkeyApi } from '../api.ts'
import type { Failure } from '../failure.ts'
import type { LatchkeyRouter } from '../router.ts'
import { FetchEventSource } from './event-source.ts'
import type { Fetch } from './fetch.ts'
import { forLinks } from './link-fetch.ts'
import { accessTokenKey, sessionLink } from './session-link.ts'
import { serviceSource, sessionSource } from './token-source.ts'
import type { Credentials, TokenStorage, Tokens } from './token-storage.ts'
import { createTokenHolder } from './tokens.ts'

/** On whose behalf a client calls. */
export type Identity =
  /** Signs in when the first call needs it. A function is asked each time, so that a password need not stay in memory. */
  | { credentials: Credentials | (() => Credentials | Promise<Credentials>) }
  /** Goes on with tokens that somebody else obtained. */
  | { tokens: Pick<Tokens, 'accessToken' | 'refreshToken'> & { expiresIn: number } }
  /** Calls in the name of a service account; `lk_…`. */
  | { serviceKey: string }

export type SessionClientOptions = Identity & {
  /** Where Latchkey is, without a path: `https://id.example.com`. */
  url: string
  /** Keeps tokens beyond the process. Without it they are in memory only. */
  storage?: TokenStorage
  /** Told once when the session, or the service key, is over. */
  onSessionEnded?: (failure: Failure) => void
  fetch?: Fetch
  /** Milliseconds since the epoch; for tests. */
  now?: () => number
}

/** A signed-in connection to Latchkey. */
export type SessionClient = {
  /** Every procedure, typed. Calls of one moment share a request; subscriptions resume by themselves. */
  api: LatchkeyApi
  /** An access token that is good now, for calling other services. */
  accessToken(): Promise<string>
  /** Ends the session on the server, and forgets its tokens in any case. */
  signOut(): Promise<void>
}

const maxBatchSize = 10

/** Calls Latchkey on somebody's behalf: signs in lazily, refreshes ahead of expiry, and never sends anybody through a 401. */
export function createSessionClient(options: SessionClientOptions): SessionClient {
  const {
    storage = null,
    onSessionEnded = () => {},
    fetch = globalThis.fetch.bind(globalThis),
    now = Date.now,
  } = options
  const url = options.url.replace(/\/+$/, '')
  const connection = { url, fetch, now }
  const source =
    'serviceKey' in options
      ? serviceSource(connection, options.serviceKey)
      : sessionSource(connection, 'credentials' in options ? options.credentials : null)
  const tokens = createTokenHolder({
    source,
    storage,
    tokens: 'tokens' in options ? given(options.tokens, now()) : null,
    now,
    onSessionEnded,
  })

  const bearer = (accessToken: unknown): Record<string, string> =>
    typeof accessToken === 'string' ? { authorization: `Bearer ${accessToken}` } : {}
  const api: LatchkeyApi = createTRPCClient<LatchkeyRouter>({
    links: [
      sessionLink(tokens),
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url: `${url}/trpc`,
          EventSource: FetchEventSource,
          eventSourceOptions: { fetch, headers: async () => bearer(await tokens.current()) },
        }),
        false: httpBatchLink({
          url: `${url}/trpc`,
          fetch: forLinks(fetch),
          maxItems: maxBatchSize,
          headers: ({ opList }) => bearer(opList.at(-1)?.context[accessTokenKey]),
        }),
      }),
    ],
  })

  return {
    api,
    accessToken: () => tokens.current(),
    async signOut() {
      const refreshToken = (await tokens.held())?.refreshToken
      try {
        if (refreshToken) await api.token.revoke.mutate({ refreshToken })
      } finally {
        await tokens.drop(null)
      }
    },
  }
}

function given(
  { accessToken, refreshToken, expiresIn }: { accessToken: string; refreshToken: string | null; expiresIn: number },
  now: number,
): Tokens {
  return { accessToken, refreshToken, expiresAt: now + expiresIn * 1000, lifetimeSeconds: expiresIn }
}
