import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { lazy, Suspense } from 'react'
import { detectedName, deviceName } from '../../device/device-name.ts'
import { code } from '../../page-code.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ExactTime } from '../../shell/exact-time.tsx'
import { useSignOut } from '../../shell/sign-out.ts'
import { text } from '../../text.ts'
import type { Session } from '../../trpc.ts'
import classes from './device.module.css'
import { DeviceIcon } from './device-icon.tsx'
import { DevicePlace } from './device-place.tsx'

const RenameDialog = lazy(
  code(() => import('./rename-dialog.tsx').then((module) => ({ default: module.RenameDialog }))),
)

/** The device one is looking at: it comes first, and leaves through the same door as the account menu. */
export function ThisDevice({ session }: { session: Session }) {
  const [renaming, rename] = useDisclosure(false)
  const signOut = useSignOut()
  const name = deviceName(session)
  const detected = detectedName(session)
  return (
    <div className={classes.row}>
      <DeviceIcon kind={session.device.kind} current />
      <div className={classes.identity}>
        <h2 className={classes.name}>
          {name} <span className={classes.badge}>{text.devices.thisDevice}</span>
        </h2>
        {detected !== null && <p className={classes.meta}>{detected}</p>}
        <p className={classes.meta}>
          <span className={classes.active}>{text.devices.activeNow}</span>
          <DevicePlace session={session} />
        </p>
        <p className={classes.meta}>
          <ExactTime iso={session.createdAt} sentence={(when) => text.devices.signedIn(when, session.amr)} />
        </p>
      </div>
      <div className={classes.actions}>
        <Button variant="default" onClick={rename.open} aria-label={text.devices.renameOf(name)}>
          {text.devices.rename}
        </Button>
        <BusyButton
          variant="default"
          busy={signOut.isPending || signOut.isSuccess}
          busyLabel={text.devices.signingOut}
          aria-label={signOut.isIdle || signOut.isError ? text.devices.signOutHere : undefined}
          onClick={() => signOut.mutate()}
        >
          {text.devices.signOut}
        </BusyButton>
      </div>
      {renaming && (
        <Suspense fallback={null}>
          <RenameDialog session={session} onClose={rename.close} />
        </Suspense>
      )}
    </div>
  )
}
