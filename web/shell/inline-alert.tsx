import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { text } from '../text.ts'
import classes from './inline-alert.module.css'

interface InlineAlertProps {
  message: string
  onRetry: () => void
}

/** What went wrong, right where it was asked for, with the way to ask again. */
export function InlineAlert({ message, onRetry }: InlineAlertProps) {
  return (
    <div role="alert" className={classes.alert}>
      <IconAlertTriangle size={18} aria-hidden className={classes.icon} />
      <p className={classes.message}>{message}</p>
      <Button size="xs" variant="default" onClick={onRetry}>
        {text.tryAgain}
      </Button>
    </div>
  )
}
