import type { SessionClient } from '../session/session-client.ts'

/** What is known of revocations, in memory. */
export type Revocations = {
  has(id: string): boolean
  /** Whether the feed has said, within the declared bound, that nothing is missing. */
  isFresh(): boolean
  /** Resolves when the feed has said so for the first time, or after the bound. */
  ready(): Promise<void>
  close(): void
}

/** The longest access token that Latchkey issues, and a minute. */
const rememberMilliseconds = 16 * 60_000

type Options = {
  client: SessionClient
  staleAfterSeconds: number
  onTrouble(error: unknown): void
}

/** Follows `revocation.feed`, resuming where it broke off; ids are forgotten when no token of theirs can be alive. */
export function followRevocations({ client, staleAfterSeconds, onTrouble }: Options): Revocations {
  const revoked = new Map<string, number>()
  const elapsed = () => performance.now()
  let heardAt = Number.NEGATIVE_INFINITY
  let lastEventId: string | undefined
  let isClosed = false
  let again: ReturnType<typeof setTimeout> | undefined
  let subscription: { unsubscribe(): void } | undefined
  let becomeReady = () => {}
  const firstNews = new Promise<void>((resolve) => {
    becomeReady = resolve
  })

  function follow(): void {
    subscription = client.api.revocation.feed.subscribe(lastEventId === undefined ? undefined : { lastEventId }, {
      onData({ id, data }) {
        lastEventId = id
        const now = elapsed()
        for (const sessionId of data.sessionIds) revoked.set(sessionId, now)
        for (const [sessionId, at] of revoked) if (at < now - rememberMilliseconds) revoked.delete(sessionId)
        if (!data.upToDate) return
        heardAt = now
        becomeReady()
      },
      onError: retry,
      onComplete: () => retry(new Error('The revocation feed ended')),
    })
  }

  function retry(error: unknown): void {
    if (isClosed) return
    onTrouble(error)
    again = setTimeout(follow, 5_000)
    if (typeof again === 'object' && 'unref' in again) again.unref()
  }

  follow()
  return {
    has: (id) => revoked.has(id),
    isFresh: () => elapsed() - heardAt <= staleAfterSeconds * 1000,
    ready() {
      let timer: ReturnType<typeof setTimeout>
      const bound = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, staleAfterSeconds * 1000)
      })
      return Promise.race([firstNews, bound]).finally(() => clearTimeout(timer))
    },
    close() {
      isClosed = true
      clearTimeout(again)
      subscription?.unsubscribe()
    },
  }
}
