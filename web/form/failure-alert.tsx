import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Failure } from '../failure.ts'
import { text } from '../text.ts'
import classes from './failure-alert.module.css'

interface FailureAlertProps {
  failure: Failure
  secondsLeft: number
  /** What INVALID_CREDENTIALS or another reason means in this form, where the general sentence would be wrong. */
  wording?: Partial<Record<string, string>>
}

/** Why a form was refused, as far as no single field is to blame. */
export function FailureAlert({ failure, secondsLeft, wording = {} }: FailureAlertProps) {
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} classNames={classes}>
      {failure.reason === 'TOO_MANY_ATTEMPTS' && failure.retryAfterSeconds !== null ? (
        // Read once when it appears, not on every tick.
        <span role="timer" aria-live="off">
          {text.tooManyAttempts(secondsLeft)}
        </span>
      ) : (
        (wording[failure.reason] ?? text.failure(failure))
      )}
      {failure.reason === 'INTERNAL_ERROR' && failure.requestId !== null && (
        <p className={classes.reference}>{text.reference(failure.requestId)}</p>
      )}
    </Alert>
  )
}
