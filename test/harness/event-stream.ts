import type { TestBrowser } from './test-browser.ts'

export type StreamEvent = { event: string; id: string | null; data: unknown }

/** A server-sent stream as it comes over the wire. */
export type EventStream = {
  response: Response
  /** The next event that is no heartbeat; `null` once the stream has ended. Fails after five seconds. */
  next(): Promise<StreamEvent | null>
  close(): void
}

const patienceMilliseconds = 5_000

function parse(block: string): StreamEvent {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
  const data = fields.get('data')
  return {
    event: fields.get('event') ?? 'message',
    id: fields.get('id') ?? null,
    data: data ? (JSON.parse(data) as unknown) : null,
  }
}

/** Opens a subscription as a browser does, past tRPC's `connected`. */
export async function openStream(
  browser: TestBrowser,
  procedure: string,
  { lastEventId, headers = {} }: { lastEventId?: string; headers?: Record<string, string> } = {},
): Promise<EventStream> {
  const abort = new AbortController()
  const response = await browser.fetch(`/trpc/${procedure}`, {
    headers: {
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      ...headers,
    },
    signal: abort.signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''

  async function read(): Promise<StreamEvent | null> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const block = text.slice(0, end)
        text = text.slice(end).trimStart()
        const event = parse(block)
        if (event.event === 'connected' || event.event === 'ping') continue
        return event
      }
      const chunk = await reader?.read().catch(() => undefined)
      if (!chunk || chunk.done) return null
      text += chunk.value
    }
  }

  return {
    response,
    next: () =>
      Promise.race([
        read(),
        new Promise<never>((_resolve, reject) => {
          setTimeout(() => reject(new Error('The stream said nothing')), patienceMilliseconds).unref()
        }),
      ]),
    close: () => abort.abort(),
  }
}
