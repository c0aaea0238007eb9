import { failureOf } from '../failure.ts'
import type { Fetch } from './fetch.ts'

/** Each event is what the reader of that type expects: a message, or an error. */
type Listener = (event: never) => void

/** Answers the headers of the next connection: a fresh access token each time. */
export type ConnectionOptions = { headers(): Promise<Record<string, string>>; fetch: Fetch }

type Connected = { retryAfterSeconds: number | null }

const longestPauseMilliseconds = 30_000

/**
 * An `EventSource` on top of `fetch`, which Node has too, and which can send an `Authorization` header: with the browser's own, a token would have
 * to travel in the URL. Reconnects with the last event id, with growing pauses while nobody answers, and obeys `Retry-After`.
 */
export class FetchEventSource {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 2
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSED = 2
  readyState: number = 0
  readonly #url: string
  readonly #options: ConnectionOptions
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #abort = new AbortController()
  #lastEventId = ''

  constructor(url: string, options: ConnectionOptions | undefined) {
    if (!options) throw new TypeError('FetchEventSource needs its options')
    this.#url = url
    this.#options = options
    // Whoever made this adds listeners first.
    queueMicrotask(() => void this.#run())
  }

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners.add(listener))
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener)
  }

  close(): void {
    this.readyState = this.CLOSED
    this.#abort.abort()
  }

  #dispatch(type: string, event: unknown): void {
    if (this.#abort.signal.aborted) return
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never)
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#abort.signal.aborted; ) {
      this.readyState = this.CONNECTING
      let pause = Math.min(longestPauseMilliseconds, 500 * 2 ** failures)
      try {
        const { retryAfterSeconds } = await this.#connect()
        failures = retryAfterSeconds === null ? 0 : failures + 1
        if (retryAfterSeconds !== null) pause = Math.max(pause, retryAfterSeconds * 1000)
        this.#dispatch('error', new Error('The stream broke off'))
      } catch (error) {
        const failure = failureOf(error)
        if (!failure.retryable) this.readyState = this.CLOSED
        this.#dispatch('error', error)
        if (!failure.retryable) return
        failures += 1
        pause = Math.max(pause, failure.retryAfterSeconds * 1000)
      }
      await this.#sleep(pause * (0.5 + Math.random() / 2))
    }
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#abort.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** One connection until it ends. Answers how long to stay away, or `null` if it was good. */
  async #connect(): Promise<Connected> {
    const headers: Record<string, string> = { accept: 'text/event-stream', ...(await this.#options.headers()) }
    if (this.#lastEventId) headers['last-event-id'] = this.#lastEventId
    const response = await this.#options.fetch(this.#url, { headers, signal: this.#abort.signal, cache: 'no-store' })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (!response.ok || !isStream || !response.body) {
      await response.body?.cancel()
      return { retryAfterSeconds: Number(response.headers.get('retry-after')) || 1 }
    }
    this.readyState = this.OPEN
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { retryAfterSeconds: null }
      text = (text + value).replaceAll('\r\n', '\n')
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) this.#receive(block)
    }
  }

  #receive(block: string): void {
    let type = 'message'
    const data: string[] = []
    for (const line of block.split('\n')) {
      const [, field, value = ''] = /^([^:]+):? ?(.*)$/.exec(line) ?? []
      if (field === 'event') type = value
      if (field === 'data') data.push(value)
      if (field === 'id') this.#lastEventId = value
    }
    if (data.length > 0) this.#dispatch(type, { data: data.join('\n'), lastEventId: this.#lastEventId })
  }
}
