import { CloseButton } from '@mantine/core'
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { text } from '../text.ts'
import classes from './dialog.module.css'

interface DialogProps {
  title: ReactNode
  /** Without it the dialog can't be dismissed. */
  onClose?: () => void
  withCloseButton?: boolean
  shape?: 'box' | 'drawer'
  role?: 'dialog' | 'alertdialog'
  children: ReactNode
}

/**
 * A modal dialog for as long as it is mounted. The browser's own: what is behind it is inert, Escape asks to close it, and
 * the focus returns to where it came from. The focus starts on the element marked `data-autofocus`.
 */
export function Dialog({ title, onClose, withCloseButton = true, shape = 'box', role, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()

  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    // Closed before it is removed: only then does the browser return the focus.
    return () => dialog?.close()
  }, [])

  return (
    // The keyboard's way of clicking beside the dialog is Escape, which arrives as `cancel`.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <dialog
      ref={element}
      role={role}
      aria-labelledby={`${id}-title`}
      aria-describedby={role === 'alertdialog' ? `${id}-body` : undefined}
      data-shape={shape}
      className={classes.dialog}
      onCancel={(event) => {
        event.preventDefault()
        onClose?.()
      }}
      onClose={(event) => {
        // Browsers close it on a second Escape whatever the page says.
        if (onClose !== undefined) onClose()
        else event.currentTarget.showModal()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose?.()
      }}
    >
      <div className={classes.inside}>
        <div className={classes.header}>
          <h2 id={`${id}-title`} className={classes.title}>
            {title}
          </h2>
          {withCloseButton && <CloseButton size="lg" aria-label={text.close} onClick={onClose} />}
        </div>
        <div id={`${id}-body`}>{children}</div>
      </div>
    </dialog>
  )
}
