import { Button } from '@mantine/core'
import type { NotificationData, notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck, IconDevices } from '@tabler/icons-react'
import { text } from '../text.ts'
import classes from './toast.module.css'

// The container around the messages is the live region: a role of their own would have them read twice.
const shared = { role: 'presentation', withBorder: true, closeButtonProps: { 'aria-label': text.close } }

/** The messages are loaded after the first page; one that can't be shown is lost, as nothing waits for it. */
function withMessages(act: (messages: typeof notifications) => void): void {
  import('@mantine/notifications').then(
    (loaded) => act(loaded.notifications),
    () => {},
  )
}

function show(message: NotificationData): void {
  withMessages((messages) => messages.show({ ...shared, ...message }))
}

/** Says, in passing, what was done. */
export function toast(message: string): void {
  show({ message, color: 'pine', icon: <IconCheck size={18} aria-hidden /> })
}

/** Says what could not be done, where the page has no better place for it. */
export function toastFailure(message: string): void {
  show({
    message,
    color: 'red',
    icon: <IconAlertTriangle size={18} aria-hidden />,
    autoClose: 12_000,
  })
}

interface ToastWithAction {
  id: string
  message: string
  action: string
  onAction: () => void
}

/** Says what has happened elsewhere, and stays until it has been answered: it may matter to the safety of the account. */
export function toastWithAction({ id, message, action, onAction }: ToastWithAction): void {
  show({
    id,
    color: 'pine',
    icon: <IconDevices size={18} aria-hidden />,
    autoClose: false,
    message: (
      <div className={classes.body}>
        <span className={classes.words}>{message}</span>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            hideToast(id)
            onAction()
          }}
        >
          {action}
        </Button>
      </div>
    ),
  })
}

export function hideToast(id: string): void {
  withMessages((messages) => messages.hide(id))
}

/** Takes every message off the screen, as when the account they belong to is no longer signed in. */
export function clearToasts(): void {
  withMessages((messages) => {
    messages.clean()
    messages.cleanQueue()
  })
}
