import { Skeleton, VisuallyHidden } from '@mantine/core'
import page from '../../shell/page.module.css'
import { text } from '../../text.ts'
import classes from './activity.module.css'

export function ActivitySkeleton() {
  return (
    <div className={`${page.section} ${classes.skeleton}`} aria-busy>
      <VisuallyHidden>{text.loading}</VisuallyHidden>
      <Skeleton height={16} width={80} mb={14} />
      <div className={`${page.card} ${classes.list}`}>
        {[220, 170, 250, 190].map((width) => (
          <div key={width} className={classes.row}>
            <Skeleton height={32} width={32} radius="md" />
            <Skeleton height={15} width={width} maw="100%" />
          </div>
        ))}
      </div>
    </div>
  )
}
