import { Refusal } from './refusal.ts'

/**
 * Ends a stream in the middle. It goes by the name that tRPC closes the connection for without a farewell, and so the client comes back with its last
 * event id: to another instance, or with a fresh access token.
 */
export class StreamInterrupted extends Error {
  constructor() {
    super('The stream was interrupted; reconnect to resume it')
    this.name = 'AbortError'
  }
}

/** One open stream: it sleeps until something rings. */
export type OpenStream = {
  ring(): void
  /** Resolves once rung since the last time, at once if it has been. Throws `StreamInterrupted` when the server closes. */
  rung(): Promise<void>
  release(): void
}

/** The event streams that this instance holds open. Each costs a socket for as long as its reader likes, so they are counted. */
export type Streams = {
  /** Counts a stream in for its holder, a session or a service's key, and for whom that belongs to. Refuses with `TOO_MANY_ATTEMPTS`. */
  open(holderId: string, ownerId: string): OpenStream
  /** How many are open. */
  count(): number
  /** Interrupts all of them. */
  close(): void
}

const perHolder = 10
const perOwner = 40
const perInstance = 2_000

export function createStreams(): Streams {
  const open = new Map<string, number>()
  const rings = new Set<() => void>()
  const countOf = (id: string) => open.get(id) ?? 0
  let closed = false

  return {
    open(holderId, ownerId) {
      if (rings.size >= perInstance) throw new Refusal('TEMPORARILY_UNAVAILABLE', { retryAfterSeconds: 30 })
      if (countOf(holderId) >= perHolder || countOf(ownerId) >= perOwner)
        throw new Refusal('TOO_MANY_ATTEMPTS', { retryAfterSeconds: 30 })
      for (const id of [holderId, ownerId]) open.set(id, countOf(id) + 1)
      let isRung = false
      let wake = () => {}
      function ring(): void {
        isRung = true
        wake()
      }
      rings.add(ring)
      return {
        ring,
        async rung() {
          if (!isRung && !closed)
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          isRung = false
          if (closed) throw new StreamInterrupted()
        },
        release() {
          if (!rings.delete(ring)) return
          for (const id of [holderId, ownerId]) {
            const left = countOf(id) - 1
            if (left > 0) open.set(id, left)
            else open.delete(id)
          }
        },
      }
    },
    count: () => rings.size,
    close() {
      closed = true
      for (const ring of rings) ring()
    },
  }
}
