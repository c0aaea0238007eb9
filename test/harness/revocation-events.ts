import type { EventStream, StreamEvent } from './event-stream.ts'

/** The ids that an event of `revocation.feed` names. */
export function idsOf(event: StreamEvent | null): string[] {
  return (event?.data as { sessionIds?: string[] } | undefined)?.sessionIds ?? []
}

/** Reads on until the feed has named `id`; fails when the stream ends or falls silent. */
export async function told(stream: EventStream, id: string): Promise<void> {
  for (;;) {
    const event = await stream.next()
    if (event?.event !== 'message') throw new Error('The feed ended')
    if (idsOf(event).includes(id)) return
  }
}
