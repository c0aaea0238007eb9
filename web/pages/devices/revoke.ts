import { useMutation } from '@tanstack/react-query'
import { deviceName } from '../../device/device-name.ts'
import { readFailure } from '../../failure.ts'
import { devicesChanged } from '../../session-lifecycle.ts'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { client, type Session, trpc } from '../../trpc.ts'
import { updateSessions } from './sessions-query.ts'

/** Signs one session out. One that is gone already is what was asked for. */
export function useRevoke(session: Session, onGone: () => void) {
  return useMutation({
    mutationKey: trpc.session.revoke.mutationKey(),
    mutationFn: async () => {
      try {
        await client.session.revoke.mutate({ sessionId: session.id })
      } catch (error) {
        if (readFailure(error).reason !== 'NOT_FOUND') throw error
      }
    },
    onSuccess: () => {
      onGone()
      updateSessions((page) => page.filter(({ id }) => id !== session.id))
      toast(text.devices.signedOut(deviceName(session)))
      devicesChanged()
    },
  })
}
