import { type PointerEvent, useState } from 'react'
import type { Session } from '../../trpc.ts'

/** A row of the list; `gone` when the session has ended elsewhere while the pointer was over the list. */
export interface Row {
  session: Session
  gone: boolean
}

/**
 * The rows in an order that does not change while the mouse is over them, so that nobody clicks on a row that has just slid
 * under the pointer: what is new comes last, and what has ended elsewhere says so in its place, until the mouse leaves.
 */
export function useSteadyRows(sessions: readonly Session[]) {
  const [held, hold] = useState<readonly Session[] | null>(null)
  const present = new Map(sessions.map((session) => [session.id, session]))
  const before = new Set(held?.map(({ id }) => id))
  const rows: Row[] = [
    ...(held ?? []).map((session) => ({ session: present.get(session.id) ?? session, gone: !present.has(session.id) })),
    ...sessions.filter(({ id }) => !before.has(id)).map((session) => ({ session, gone: false })),
  ]
  return {
    rows,
    /** Lets a row go that was signed out right here, or all of them. */
    release: (id?: string) =>
      hold((list) => (id === undefined ? null : (list?.filter((session) => session.id !== id) ?? null))),
    area: {
      onPointerEnter: ({ pointerType }: PointerEvent) => {
        if (pointerType === 'mouse') hold(sessions)
      },
      onPointerLeave: () => hold(null),
    },
  }
}
