import { Agent, request } from 'node:http'

export type Answer = {
  status: number
  milliseconds: number
  /** Cookies that the reply sets, by name. */
  cookies: ReadonlyMap<string, string>
  body: string
}

export type Ask = { headers?: Record<string, string>; body?: unknown; agent?: Agent }

/** Connections that are kept open, as many as there are requests at once. */
export const keptOpen = new Agent({ keepAlive: true, maxSockets: 4_000 })

/** One request as a page makes it: with a body it is a mutation, from the page's own origin. */
export function ask(url: string, { headers = {}, body, agent = keptOpen }: Ask = {}): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const mutation = text === undefined ? {} : { 'content-type': 'application/json', origin: new URL(url).origin }
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method: text === undefined ? 'GET' : 'POST', headers: { ...mutation, ...headers } },
      (reply) => {
        let received = ''
        reply.setEncoding('utf8').on('data', (chunk: string) => {
          received += chunk
        })
        reply.once('error', reject).once('end', () => {
          const set = (reply.headers['set-cookie'] ?? []).map((line) => /^([^=]+)=([^;]*)/.exec(line))
          resolve({
            status: reply.statusCode ?? 0,
            milliseconds: performance.now() - startedAt,
            cookies: new Map(set.map((match) => [match?.[1] ?? '', match?.[2] ?? ''])),
            body: received,
          })
        })
      },
    )
    sent.once('error', reject).end(text)
  })
}

/** Does `work` once for each item, `atOnce` at a time. */
export async function each<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0
  async function worker(): Promise<void> {
    for (let at = next++; at < items.length; at = next++) await work(items[at] as Item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
