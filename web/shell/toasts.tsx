import { Notifications } from '@mantine/notifications'

/** Where the messages appear. The containers are the live region, so that a message is read once and without interrupting. */
export function Toasts() {
  return <Notifications role="status" aria-atomic="false" position="bottom-center" autoClose={6000} limit={3} />
}
