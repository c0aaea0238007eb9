/** `fetch` that keeps a list of what it was asked, and can be cut off. */
export function recordedFetch() {
  const requests: string[] = []
  let intercept: ((url: string) => Response | Error | null) | null = null

  async function recorded(url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url)
    requests.push(pathname.replace(/^\/trpc\//, ''))
    const instead = intercept?.(url)
    if (instead instanceof Error) throw instead
    if (instead) return instead
    const response = await fetch(url, init)
    const afterwards = loseReply
    loseReply = false
    if (afterwards) {
      await response.body?.cancel()
      throw new TypeError('fetch failed')
    }
    return response
  }

  let loseReply = false
  return {
    fetch: recorded,
    requests,
    /** What was asked since the last time. */
    take: () => requests.splice(0),
    /** Answers instead of the network, until `null` is given. */
    instead(answer: typeof intercept) {
      intercept = answer
    },
    goOffline() {
      intercept = () => new TypeError('fetch failed')
    },
    goOnline() {
      intercept = null
    },
    /** The next request arrives, its reply does not. */
    loseNextReply() {
      loseReply = true
    },
  }
}
