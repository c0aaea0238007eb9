import { Skeleton, VisuallyHidden } from '@mantine/core'
import page from '../../shell/page.module.css'
import { text } from '../../text.ts'
import classes from './device.module.css'
import list from './device-list.module.css'

/** Rows without content, which the style sheet keeps invisible for the first 200 ms: a quick reply shows no flicker. */
export function DeviceSkeleton() {
  return (
    <div className={list.skeleton} aria-busy>
      <VisuallyHidden>{text.loading}</VisuallyHidden>
      <Skeleton height={18} width={110} mt={28} mb={22} />
      <div className={`${page.card} ${list.list}`}>
        {[180, 140, 200].map((width) => (
          <div key={width} className={classes.row}>
            <Skeleton height={40} width={40} radius="md" />
            <div>
              <Skeleton height={16} width={width} mb={10} />
              <Skeleton height={13} width={width * 1.4} maw="100%" />
            </div>
          </div>
        ))}
      </div>
    </div>
  )
}
