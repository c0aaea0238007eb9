import type { ServerResponse } from 'node:http'

/** The revocation feed of a test issuer. */
export type TestFeed = {
  open(response: ServerResponse): void
  revoke(ids: readonly string[]): void
  /** Says nothing any more, not even that it is up to date, until it is resumed. */
  silence(): void
  resume(): void
  close(): void
}

const everyMilliseconds = 200

/** Speaks as `revocation.feed` does, only faster. */
export function createTestFeed(): TestFeed {
  const revoked = new Set<string>()
  const readers = new Set<ServerResponse>()
  let isSilent = false
  let eventId = 0

  function tell(response: ServerResponse, sessionIds: readonly string[]): void {
    if (isSilent) return
    eventId += 1
    response.write(`data: ${JSON.stringify({ sessionIds, upToDate: true })}\nid: ${eventId}\n\n`)
  }

  const timer = setInterval(() => {
    for (const reader of readers) tell(reader, [])
  }, everyMilliseconds)

  return {
    open(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write('event: connected\ndata: {}\n\n')
      readers.add(response)
      response.on('close', () => readers.delete(response))
      tell(response, [...revoked])
    },
    revoke(ids) {
      for (const id of ids) revoked.add(id)
      for (const reader of readers) tell(reader, ids)
    },
    silence() {
      isSilent = true
    },
    resume() {
      isSilent = false
      for (const reader of readers) tell(reader, [...revoked])
    },
    close() {
      clearInterval(timer)
      for (const reader of readers) reader.destroy()
    },
  }
}
