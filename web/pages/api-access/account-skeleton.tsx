import { Skeleton, VisuallyHidden } from '@mantine/core'
import page from '../../shell/page.module.css'
import { text } from '../../text.ts'
import classes from './api-access.module.css'

/** Invisible for the first 200 ms, as every skeleton here. */
export function AccountSkeleton() {
  return (
    <div className={classes.skeleton} aria-busy>
      <VisuallyHidden>{text.loading}</VisuallyHidden>
      <Skeleton height={18} width={140} mt={28} mb={22} />
      <div className={`${page.card} ${classes.account}`}>
        <Skeleton height={18} width={160} mb={14} />
        <Skeleton height={14} width={280} maw="100%" mb={28} />
        <Skeleton height={44} />
      </div>
    </div>
  )
}
