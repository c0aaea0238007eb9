import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { rowId } from '../../device/row-id.ts'
import type { Session } from '../../trpc.ts'

/** Where the focus goes when no row is left to take it. */
const pageTitleId = 'page-title'

/**
 * Keeps the focus at home: when a row goes, it moves on to the next one, unless the reader has moved it elsewhere meanwhile;
 * and a row that the address names, as the review of a new sign-in does, receives it once.
 */
export function useFocusMoves(rows: readonly Session[]) {
  const next = useRef<string | null>(null)
  const { hash, state } = useLocation()
  const visit = `${state.__TSR_key ?? ''}#${hash}`
  const reviewed = useRef<string | null>(null)

  useEffect(() => {
    const target = next.current ?? (hash !== '' && reviewed.current !== visit ? hash : null)
    const element = target === null ? null : document.getElementById(target)
    element?.focus()
    if (element?.id === hash) reviewed.current = visit
    next.current = null
  })

  return {
    moveFrom(session: Session) {
      const row = document.getElementById(rowId(session))
      const focused = document.activeElement
      if (focused !== document.body && focused !== null && row?.contains(focused) !== true) return
      const index = rows.findIndex(({ id }) => id === session.id)
      const neighbour = rows[index + 1] ?? rows[index - 1]
      next.current = neighbour === undefined ? pageTitleId : rowId(neighbour)
    },
    moveToTitle() {
      next.current = pageTitleId
    },
  }
}
