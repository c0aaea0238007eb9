import { Skeleton } from '@mantine/core'
import page from '../../shell/page.module.css'
import classes from './activity.module.css'
import chart from './sign-in-chart.module.css'

/** As high as the chart, so that the list below does not move when it arrives. */
export function ChartSkeleton() {
  return (
    <div className={`${page.section} ${page.card} ${chart.card}`} aria-hidden>
      <Skeleton height={184} radius="sm" className={classes.skeleton} />
    </div>
  )
}
