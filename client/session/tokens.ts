import { type Failure, failureOf, LatchkeyError } from '../failure.ts'
import type { TokenStorage, Tokens } from './token-storage.ts'

/** How a session begins and goes on. Both reject with `LatchkeyError`. */
export type TokenSource = {
  /** A new session; `null` when there is nothing to begin one with. */
  start: (() => Promise<Tokens>) | null
  refresh(tokens: Tokens): Promise<Tokens>
}

/** Refreshed that long before expiry, so that no call has to wait for a refusal first. */
function isDue({ expiresAt, lifetimeSeconds }: Tokens, now: number): boolean {
  return now >= expiresAt - Math.min(30, lifetimeSeconds / 5) * 1000
}

export type TokenHolder = {
  /** A good access token: the one there is, a refreshed one, or that of a new session. One flight, however many ask. */
  current(): Promise<string>
  /** The access token to try again with, after `refused` was not accepted. */
  renew(refused: string): Promise<string>
  /** What is held now, without asking anybody. */
  held(): Promise<Tokens | null>
  /** Forgets the tokens; with a failure, the session has ended, and every later call fails with it until somebody signs in. */
  drop(ended: Failure | null): Promise<void>
}

type Options = {
  source: TokenSource
  storage: TokenStorage | null
  tokens: Tokens | null
  now(): number
  onSessionEnded(failure: Failure): void
}

/** Keeps one pair of tokens good. */
export function createTokenHolder({ source, storage, tokens: given, now, onSessionEnded }: Options): TokenHolder {
  let tokens = given
  let loading: Promise<void> | null = null
  let flight: Promise<string> | null = null
  let ended: Failure | null = null
  /** Until then nobody is asked again: `Retry-After` was this long. */
  let pause: { until: number; failure: Failure } | null = null

  function loaded(): Promise<void> {
    loading ??= (async () => {
      tokens = (await storage?.load()) ?? tokens
    })()
    return loading
  }

  async function keep(renewed: Tokens | null): Promise<void> {
    tokens = renewed
    await storage?.save(renewed)
  }

  async function obtain(): Promise<Tokens> {
    if (!tokens) {
      if (!source.start) throw new LatchkeyError(notSignedIn)
      return source.start()
    }
    try {
      return await source.refresh(tokens)
    } catch (error) {
      const { reason } = failureOf(error)
      // A session that ran out, or is not known any more, is followed by a new one. One that somebody ended stays ended.
      const mayStartAnew = source.start && (reason === 'SESSION_EXPIRED' || reason === 'NOT_SIGNED_IN')
      if (!mayStartAnew || !source.start) throw error
      return source.start()
    }
  }

  async function fly(): Promise<string> {
    if (ended) throw new LatchkeyError(ended)
    if (pause && now() < pause.until) throw new LatchkeyError(pause.failure)
    pause = null
    try {
      const renewed = await obtain()
      await keep(renewed)
      return renewed.accessToken
    } catch (error) {
      const failure = failureOf(error)
      if (failure.sessionEnded) await drop(failure)
      else if (failure.reason === 'INVALID_CREDENTIALS') ended = failure
      else if (failure.retryable) pause = { until: now() + failure.retryAfterSeconds * 1000, failure }
      throw error
    }
  }

  function renewOnce(): Promise<string> {
    flight ??= fly().finally(() => {
      flight = null
    })
    return flight
  }

  async function drop(failure: Failure | null): Promise<void> {
    const isNews = failure?.sessionEnded && !ended
    ended = failure
    await keep(null)
    if (isNews) onSessionEnded(failure)
  }

  return {
    async current() {
      await loaded()
      if (!flight && !ended && tokens && !isDue(tokens, now())) return tokens.accessToken
      return renewOnce()
    },
    async renew(refused) {
      // Somebody else's refusal has led to fresh tokens already.
      if (tokens && tokens.accessToken !== refused && !flight) return tokens.accessToken
      return renewOnce()
    },
    async held() {
      await loaded()
      return tokens
    },
    drop,
  }
}

const notSignedIn: Failure = {
  message: 'Sign in to continue.',
  requestId: null,
  reason: 'NOT_SIGNED_IN',
  sessionEnded: true,
  retryable: false,
}
