import { IconChevronRight } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { formatClock } from '../../dates.ts'
import { deviceName } from '../../device/device-name.ts'
import page from '../../shell/page.module.css'
import { RelativeTime } from '../../shell/relative-time.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import classes from './device.module.css'
import { DeviceIcon } from './device-icon.tsx'
import list from './device-list.module.css'

/** The sessions that ended in the last 28 days, folded, with why each one did; absent when there are none. */
export function RecentlySignedOut() {
  const { data: sessions } = useSuspenseQuery(trpc.session.ended.queryOptions())
  if (sessions.length === 0) return null
  return (
    <details className={`${page.section} ${list.ended}`}>
      <summary className={list.fold}>
        <IconChevronRight size={18} aria-hidden className={list.chevron} />
        <h2 className={list.foldTitle}>{text.devices.ended}</h2>
        <span className={list.foldHint}>{text.devices.endedHint}</span>
      </summary>
      <ul className={`${page.card} ${list.list}`} aria-label={text.devices.ended}>
        {sessions.map((session) => (
          <li key={session.id} className={classes.row}>
            <DeviceIcon kind={session.device.kind} />
            <div className={classes.identity}>
              <h3 className={classes.name}>{deviceName(session)}</h3>
              <p className={classes.meta}>
                {text.devices.endedWhy(session.reason, session.endedBy, formatClock(session.endedAt))}
              </p>
              <p className={classes.meta}>
                <RelativeTime iso={session.endedAt} sentence={text.devices.endedAt} />
                {session.ipAddress !== null && ` · ${session.ipAddress}`}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </details>
  )
}
