import { endsSession, readFailure } from '../failure.ts'
import { devicesChanged, sessionEnded } from '../session-lifecycle.ts'
import { client, type DeviceEvent } from '../trpc.ts'
import { inTurn, pause } from './turn.ts'

const firstPauseMs = 1_000
const longestPauseMs = 30_000

/** What the listening tab has heard, so that the next one goes on from there and announces nothing twice. */
type Heard = { eventId: string; sessionId: string | null }

/**
 * Follows the changes to this person's devices until the returned function is called. One tab of the browser listens at a
 * time, and only one that is visible; the lists of all of them are read again. `onEvent` is called in the listening tab.
 */
export function watchDevices(onEvent: (event: DeviceEvent) => void): () => void {
  const tabs = new BroadcastChannel('latchkey-watch')
  const told = new Set<string>()
  let heardUpTo: string | null = null
  let turn: AbortController | null = null

  function remember({ eventId, sessionId }: Heard): void {
    heardUpTo = eventId
    if (sessionId !== null) told.add(sessionId)
  }

  function receive(eventId: string, event: DeviceEvent): void {
    const key = event.kind === 'watching' ? null : `${event.kind} ${event.session.id}`
    const isNews = key === null || !told.has(key)
    const heard: Heard = { eventId, sessionId: key }
    remember(heard)
    tabs.postMessage(heard)
    if (!isNews) return
    // After "watching" nothing can change unnoticed; what changed before it is in the lists.
    devicesChanged()
    onEvent(event)
  }

  /** One connection; answers why it ended. The browser reconnects on its own while the server merely can't be reached. */
  function listen(signal: AbortSignal, onHeard: () => void): Promise<unknown> {
    return new Promise((resolve) => {
      const subscription = client.session.watch.subscribe(heardUpTo === null ? undefined : { lastEventId: heardUpTo }, {
        onData: ({ id, data }) => {
          onHeard()
          receive(id, data)
        },
        onError: resolve,
        onComplete: () => resolve(null),
      })
      signal.addEventListener('abort', () => {
        subscription.unsubscribe()
        resolve(null)
      })
    })
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      const reason = await listen(signal, () => {
        failures = 0
      })
      if (signal.aborted) return
      if (endsSession(reason)) return sessionEnded()
      const { retryAfterSeconds } = readFailure(reason)
      const patienceMs = Math.min(firstPauseMs * 2 ** failures++, longestPauseMs)
      await pause(retryAfterSeconds === null ? patienceMs : retryAfterSeconds * 1000, signal)
    }
  }

  function look(): void {
    if (document.visibilityState === 'visible' && turn === null) {
      turn = new AbortController()
      void inTurn(turn.signal, follow)
    } else if (document.visibilityState !== 'visible') rest()
  }

  function rest(): void {
    turn?.abort()
    turn = null
  }

  tabs.addEventListener('message', ({ data }: MessageEvent<Heard>) => remember(data))
  document.addEventListener('visibilitychange', look)
  look()

  return () => {
    document.removeEventListener('visibilitychange', look)
    rest()
    tabs.close()
  }
}
