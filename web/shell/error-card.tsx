import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { readFailure } from '../failure.ts'
import { CodeMissing, isServerReachable } from '../page-code.ts'
import { text } from '../text.ts'
import classes from './error-card.module.css'

interface ErrorCardProps {
  error: unknown
  onRetry: () => void
}

/** Says what failed, with the reference by which the server's log can be searched, and offers to try again. */
export function ErrorCard({ error, onRetry }: ErrorCardProps) {
  const failure = readFailure(error)
  return (
    <div role="alert" className={classes.card}>
      <IconAlertTriangle aria-hidden className={classes.icon} />
      <div>
        <p className={classes.title}>{text.broken.title}</p>
        <p>{text.failure(failure)}</p>
        {failure.requestId !== null && <p className={classes.reference}>{text.reference(failure.requestId)}</p>}
        <Button
          variant="default"
          mt="md"
          onClick={() => void (error instanceof CodeMissing ? reloadWhenReachable() : onRetry())}
        >
          {text.retry}
        </Button>
      </div>
    </div>
  )
}

/** Browsers may remember that a module failed to load, so only a new document is sure to ask again. */
async function reloadWhenReachable(): Promise<void> {
  if (await isServerReachable()) window.location.reload()
}
