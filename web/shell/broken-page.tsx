import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { text } from '../text.ts'
import { ErrorCard } from './error-card.tsx'
import classes from './page.module.css'
import { PageTitle } from './page-title.tsx'
import { Wordmark } from './wordmark.tsx'

/** A page within the frame of the others that could not be shown: its code did not load, or it broke. */
export function BrokenPart({ error }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <>
      <PageTitle title={text.broken.page} />
      <ErrorCard error={error} onRetry={() => void router.invalidate()} />
    </>
  )
}

/** The same where not even the frame could be shown, as when the account behind it did not load. */
export function BrokenPage(props: ErrorComponentProps) {
  return (
    <main className={classes.alone}>
      <Wordmark />
      <BrokenPart {...props} />
    </main>
  )
}
