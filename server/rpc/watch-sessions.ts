import { type TrackedEnvelope, tracked } from '@trpc/server'
import { listSessionChanges, type SessionChange } from '../session/session-changes.ts'
import type { Context, SessionCaller } from './context.ts'
import { live } from './live.ts'

/** `watching` comes first: what is listed after it can no longer change unnoticed. */
export type SessionEvent = { kind: 'watching' } | SessionChange

type Watch = { caller: SessionCaller; lastEventId: number | undefined; signal: AbortSignal | undefined }

/** The changes to the caller's devices from `lastEventId` on, or from now. Nothing is lost; what was said before may come again. */
export function watchSessions(
  ctx: Context,
  { caller, lastEventId, signal }: Watch,
): AsyncGenerator<TrackedEnvelope<SessionEvent>, void> {
  const { database, clock } = ctx.services
  const { userId, sessionId: currentId } = caller
  const told = new Set<string>()
  let moment = lastEventId ?? clock.now()
  let isFirst = true

  return live(
    ctx,
    { listener: { ...caller, id: currentId, ownerId: userId }, signal },
    {
      hears: (news) => news.kind === 'devices' && (news.userId === null || news.userId === userId),
      async due() {
        const { knownUpTo, changes } = await listSessionChanges(database.orm, clock, { userId, currentId, moment })
        moment = knownUpTo
        const id = String(Math.floor(knownUpTo))
        const isNew = ({ kind, session }: SessionChange) => {
          const key = `${kind} ${session.id}`
          return !told.has(key) && Boolean(told.add(key))
        }
        const events: SessionEvent[] = changes.filter(isNew)
        // Who starts afresh lists the devices once the stream is open, and finds what is visible now there.
        const due: SessionEvent[] = isFirst
          ? [{ kind: 'watching' }, ...(lastEventId === undefined ? [] : events)]
          : events
        isFirst = false
        return due.map((event) => tracked(id, event))
      },
    },
  )
}
