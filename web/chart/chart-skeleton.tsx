import { Skeleton } from '@mantine/core'
import page from '../shell/page.module.css'
import classes from './day-chart.module.css'

/** As high as the chart, so that what is below does not move when it arrives. */
export function ChartSkeleton() {
  return (
    <div className={`${page.section} ${page.card} ${classes.card}`} aria-hidden>
      <Skeleton height={184} radius="sm" className={classes.skeleton} />
    </div>
  )
}
