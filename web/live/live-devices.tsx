import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { deviceName } from '../device/device-name.ts'
import { rowId } from '../device/row-id.ts'
import { clearToasts, hideToast, toastWithAction } from '../shell/toast.tsx'
import { text } from '../text.ts'
import { watchDevices } from './watch-devices.ts'

/** Announces sign-ins elsewhere, and notices at once when this device is signed out. Shows nothing itself. */
export function LiveDevices() {
  const router = useRouter()
  useEffect(() => {
    const stop = watchDevices((event) => {
      if (event.kind === 'ended') hideToast(event.session.id)
      if (event.kind !== 'opened' || event.session.current) return
      const { session } = event
      toastWithAction({
        id: session.id,
        message: text.shell.newSignIn(deviceName(session)),
        action: text.shell.review,
        onAction: () => void router.navigate({ to: '/', hash: rowId(session) }),
      })
    })
    return () => {
      stop()
      clearToasts()
    }
  }, [router])
  return null
}
