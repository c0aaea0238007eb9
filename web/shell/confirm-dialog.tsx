import { Button } from '@mantine/core'
import { text } from '../text.ts'
import classes from './dialog.module.css'
import { Dialog } from './dialog.tsx'

interface ConfirmDialogProps {
  title: string
  body: string
  confirm: string
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something that can't be undone. The focus starts on Cancel, so that a stray Enter does nothing. */
export function ConfirmDialog({ title, body, confirm, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <Dialog role="alertdialog" title={title} onClose={onClose} withCloseButton={false}>
      <p className={classes.body}>{body}</p>
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {text.cancel}
        </Button>
        <Button
          color="red"
          onClick={() => {
            onClose()
            onConfirm()
          }}
        >
          {confirm}
        </Button>
      </div>
    </Dialog>
  )
}
