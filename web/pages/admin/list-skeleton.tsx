import { Skeleton, VisuallyHidden } from '@mantine/core'
import page from '../../shell/page.module.css'
import { text } from '../../text.ts'
import classes from './admin.module.css'

export function ListSkeleton() {
  return (
    <div className={`${page.card} ${classes.list} ${classes.skeleton}`} aria-busy>
      <VisuallyHidden>{text.loading}</VisuallyHidden>
      {[220, 170, 250, 190].map((width) => (
        <div key={width} className={classes.row}>
          <Skeleton height={40} circle />
          <Skeleton height={15} width={width} maw="100%" />
        </div>
      ))}
    </div>
  )
}
