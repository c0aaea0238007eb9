import { text } from '../../text.ts'
import classes from './security.module.css'

/** Whether something came after the device that nobody recognised: it may be a stranger's. */
export function isAddedSince(createdAt: string, since: string | null): boolean {
  return since !== null && Date.parse(createdAt) >= Date.parse(since)
}

/** Makes what may be a stranger's stand out; `count` where it speaks of several. */
export function SinceBadge({ count = null }: { count?: number | null }) {
  return (
    <span className={classes.badge} data-tone="warning">
      {text.unrecognised.addedSince(count)}
    </span>
  )
}
