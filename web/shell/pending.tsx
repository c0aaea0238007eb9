import { Loader } from '@mantine/core'
import { text } from '../text.ts'
import classes from './page.module.css'

/** What stands in for a page whose code is still on its way. */
export function Pending() {
  return (
    <div className={classes.pending}>
      <Loader size="sm" aria-label={text.loading} role="progressbar" />
    </div>
  )
}
