import { Agent, type IncomingMessage, request } from 'node:http'

/** Somebody with cookies who calls again as soon as they are answered, and sends what the last reply told them to. */
export type Caller = { cookies: Map<string, string> }

function answerTo(url: string, agent: Agent, cookie: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, headers: { cookie } }, (response) => {
      response
        .resume()
        .once('end', () => resolve(response))
        .once('error', reject)
    })
    call.once('error', reject).end()
  })
}

/**
 * Lets every caller call `url` for so many seconds, each on a kept-alive connection of its own and one call at a time; answers how many calls there
 * were. `forget` names a cookie that is never sent. Any reply but 200 is a fault of the harness.
 */
export async function callInTurn(
  url: string,
  callers: readonly Caller[],
  { seconds, forget }: { seconds: number; forget?: string },
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers.length })
  const until = performance.now() + seconds * 1_000
  let calls = 0
  await Promise.all(
    callers.map(async ({ cookies }) => {
      while (performance.now() < until) {
        const sent = [...cookies].filter(([name]) => name !== forget)
        const { statusCode, headers } = await answerTo(
          url,
          agent,
          sent.map(([name, value]) => `${name}=${value}`).join('; '),
        )
        if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`)
        for (const line of headers['set-cookie'] ?? []) {
          const [pair = ''] = line.split(';', 1)
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
        }
        calls++
      }
    }),
  )
  agent.destroy()
  return calls
}
