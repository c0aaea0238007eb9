import { Button, type ButtonProps, Loader } from '@mantine/core'
import type { ComponentPropsWithoutRef } from 'react'

interface BusyButtonProps extends ButtonProps, Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps> {
  busy: boolean
  busyLabel: string
}

/** A button that says what it is doing. It stays focusable while it works, so that the keyboard never loses its place. */
export function BusyButton({ busy, busyLabel, onClick, children, leftSection, ...others }: BusyButtonProps) {
  return (
    <Button
      {...others}
      aria-disabled={busy || undefined}
      leftSection={busy ? <Loader size={14} color="currentColor" aria-hidden /> : leftSection}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {busy ? busyLabel : children}
    </Button>
  )
}
