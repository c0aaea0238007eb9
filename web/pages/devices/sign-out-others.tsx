import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { readFailure } from '../../failure.ts'
import { devicesChanged } from '../../session-lifecycle.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import classes from './device-list.module.css'
import { updateSessions } from './sessions-query.ts'

interface SignOutOthersProps {
  summary: string
  deviceCount: number
  appCount: number
  onGone: () => void
}

/** How many devices there are, and the one button that ends all but this one; no button when there are none. */
export function SignOutOthers({ summary, deviceCount, appCount, onGone }: SignOutOthersProps) {
  const [confirming, confirm] = useDisclosure(false)
  const revokeOthers = useMutation(
    trpc.session.revokeOthers.mutationOptions({
      onSuccess: ({ revokedCount }) => {
        onGone()
        updateSessions((page) => page.filter(({ current }) => current))
        toast(text.devices.signedOutOthers(revokedCount))
        devicesChanged()
      },
    }),
  )
  return (
    <>
      <div className={classes.summary}>
        <p className={classes.count}>{summary}</p>
        {deviceCount + appCount > 0 && (
          <BusyButton
            variant="default"
            className={classes.others}
            busy={revokeOthers.isPending}
            busyLabel={text.devices.signingOut}
            onClick={confirm.open}
          >
            {text.devices.signOutOthers}
          </BusyButton>
        )}
      </div>
      {revokeOthers.isError && (
        <InlineAlert
          message={`${text.devices.othersStillSignedIn} ${text.failure(readFailure(revokeOthers.error))}`}
          onRetry={() => revokeOthers.mutate()}
        />
      )}
      {confirming && (
        <ConfirmDialog
          title={text.devices.confirmOthersTitle(deviceCount + appCount)}
          body={appCount > 0 ? text.devices.confirmOthersApps(appCount) : text.devices.confirmOthersBody}
          confirm={text.devices.signOut}
          onConfirm={() => revokeOthers.mutate()}
          onClose={confirm.close}
        />
      )}
    </>
  )
}
