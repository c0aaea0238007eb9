import type { News } from '../session/revocation-feed.ts'
import { clockToleranceSeconds } from '../token/access-token.ts'
import type { Context } from './context.ts'
import { faultToRefusal } from './faults.ts'
import { Refusal } from './refusal.ts'
import { StreamInterrupted } from './streams.ts'

/** On whose behalf a stream is open. It ends when that is revoked, and no later than the access token that opened it. */
type Listener = {
  /** A session or a service account's key. */
  id: string
  /** The user or the service account that it belongs to. */
  ownerId: string
  /** RFC 3339. */
  accessTokenExpiresAt: string
}

type Source<Event> = {
  /** Whether these news may concern the stream. */
  hears(news: News): boolean
  /** The events that are due; asked at the start and after news. */
  due(): Event[] | Promise<Event[]>
}

/**
 * The events of `source` for as long as the listener may hear them. That is asked anew before each event leaves: a revoked session hears
 * nothing more, and an expired access token interrupts the stream, so that the client resumes it with a fresh one.
 */
export async function* live<Event>(
  { services }: Context,
  { listener, signal }: { listener: Listener; signal: AbortSignal | undefined },
  source: Source<Event>,
): AsyncGenerator<Event, void> {
  const { feed, clock, streams } = services
  const stream = streams.open(listener.id, listener.ownerId)
  const expiresAt = Date.parse(listener.accessTokenExpiresAt) / 1000
  let isDue = true
  const unsubscribe = feed.subscribe((news) => {
    const heard = source.hears(news)
    isDue ||= heard
    if (heard || news.kind === 'tick' || (news.kind === 'revoked' && news.sessionId === listener.id)) stream.ring()
  })
  signal?.addEventListener('abort', stream.ring)

  async function mayListen(): Promise<void> {
    const isExpired = clock.now() / 1000 >= expiresAt + clockToleranceSeconds
    if (signal?.aborted || isExpired) throw new StreamInterrupted()
    if (await feed.isRevoked(listener.id)) throw new Refusal('SESSION_REVOKED')
  }

  try {
    for (;;) {
      await mayListen()
      if (isDue) {
        isDue = false
        for (const event of await source.due()) {
          await mayListen()
          yield event
        }
      }
      await stream.rung()
    }
  } catch (error) {
    throw faultToRefusal(error) ?? error
  } finally {
    unsubscribe()
    signal?.removeEventListener('abort', stream.ring)
    stream.release()
  }
}
