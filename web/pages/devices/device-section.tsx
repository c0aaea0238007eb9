import { useId } from 'react'
import page from '../../shell/page.module.css'
import type { Session } from '../../trpc.ts'
import classes from './device-list.module.css'
import { DeviceRow } from './device-row.tsx'
import { GoneRow } from './gone-row.tsx'
import type { Row } from './steady-rows.ts'

interface DeviceSectionProps {
  title: string
  rows: readonly Row[]
  onUnrecognised: (session: Session) => void
  onGone: (session: Session) => void
}

/** A titled list of devices, by last activity; nothing at all when it would be empty. */
export function DeviceSection({ title, rows, onUnrecognised, onGone }: DeviceSectionProps) {
  const titleId = useId()
  if (rows.length === 0) return null
  return (
    <section aria-labelledby={titleId} className={page.section}>
      <h2 id={titleId} className={page.sectionTitle}>
        {title}
      </h2>
      <ul aria-labelledby={titleId} className={`${page.card} ${classes.list}`}>
        {rows.map(({ session, gone }) =>
          gone ? (
            <GoneRow key={session.id} session={session} />
          ) : (
            <DeviceRow
              key={session.id}
              session={session}
              onUnrecognised={() => onUnrecognised(session)}
              onGone={() => onGone(session)}
            />
          ),
        )}
      </ul>
    </section>
  )
}
