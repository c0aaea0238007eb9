import { Button, type ButtonProps } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { text } from '../text.ts'
import classes from './copy-button.module.css'

interface CopyButtonProps extends ButtonProps {
  value: string
  label: string
}

/** Copies a text, and says that it did, or that the browser did not allow it. */
export function CopyButton({ value, label, ...others }: CopyButtonProps) {
  const clipboard = useClipboard({ timeout: 4_000 })
  return (
    <>
      <Button
        variant="default"
        size="xs"
        {...others}
        leftSection={clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        onClick={() => clipboard.copy(value)}
      >
        {clipboard.copied ? text.security.copied : label}
      </Button>
      <p role="status" className={classes.problem}>
        {clipboard.error !== null && text.security.copyFailed}
      </p>
    </>
  )
}
