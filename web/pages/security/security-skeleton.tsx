import { Skeleton } from '@mantine/core'
import page from '../../shell/page.module.css'
import { text } from '../../text.ts'
import classes from './security.module.css'

const sections = [260, 320]

/** What stands in for the sections until it is known how they stand. */
export function SecuritySkeleton() {
  return (
    <div role="status" aria-label={text.loading} className={classes.skeleton}>
      {sections.map((height) => (
        <div key={height} className={page.section}>
          <Skeleton height={height} radius="lg" />
        </div>
      ))}
    </div>
  )
}
