import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { useIsMutating } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { isRecent } from '../../dates.ts'
import { detectedName, deviceName } from '../../device/device-name.ts'
import { rowId } from '../../device/row-id.ts'
import { readFailure } from '../../failure.ts'
import { code } from '../../page-code.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { useNow } from '../../shell/now.ts'
import { RelativeTime } from '../../shell/relative-time.tsx'
import { text } from '../../text.ts'
import { type Session, trpc } from '../../trpc.ts'
import classes from './device.module.css'
import { DeviceFacts } from './device-facts.tsx'
import { DeviceIcon } from './device-icon.tsx'
import { DevicePlace } from './device-place.tsx'
import { useRevoke } from './revoke.ts'

const RenameDialog = lazy(
  code(() => import('./rename-dialog.tsx').then((module) => ({ default: module.RenameDialog }))),
)

interface DeviceRowProps {
  session: Session
  onUnrecognised: () => void
  /** Called when the server has confirmed that the session is over, before the row goes. */
  onGone: () => void
}

/** One other device. The row stays until the server has confirmed, and says what it is doing. */
export function DeviceRow({ session, onUnrecognised, onGone }: DeviceRowProps) {
  const [detailed, details] = useDisclosure(false)
  const [confirming, confirm] = useDisclosure(false)
  const [renaming, rename] = useDisclosure(false)
  const revoke = useRevoke(session, onGone)
  const leavingWithOthers = useIsMutating({ mutationKey: trpc.session.revokeOthers.mutationKey() }) > 0
  const leaving = revoke.isPending || revoke.isSuccess || leavingWithOthers

  const now = useNow(60_000)
  const name = deviceName(session)
  const detected = detectedName(session)
  const ids = { name: `name-${session.id}`, meta: `meta-${session.id}`, details: `details-${session.id}` }

  return (
    <li id={rowId(session)} tabIndex={-1} aria-labelledby={ids.name} className={classes.row} aria-busy={leaving}>
      <DeviceIcon kind={session.device.kind} />
      <div className={classes.identity}>
        <h3 id={ids.name} className={classes.name}>
          {name} {isRecent(session.createdAt, now) && <span className={classes.fresh}>{text.devices.isNew}</span>}
        </h3>
        {detected !== null && <p className={classes.meta}>{detected}</p>}
        <p id={ids.meta} className={classes.meta}>
          <RelativeTime iso={session.lastActiveAt} sentence={text.devices.lastActive} />
          <DevicePlace session={session} />
        </p>
      </div>
      <div className={classes.actions}>
        <Button
          variant="subtle"
          color="gray"
          className={classes.disclose}
          rightSection={<IconChevronDown size={16} aria-hidden />}
          aria-expanded={detailed}
          aria-controls={ids.details}
          aria-label={text.devices.detailsOf(name)}
          onClick={details.toggle}
        >
          {text.devices.details}
        </Button>
        <BusyButton
          variant="default"
          busy={leaving}
          busyLabel={text.devices.signingOut}
          aria-label={leaving ? text.devices.signingOutOf(name) : text.devices.signOutOf(name)}
          aria-describedby={ids.meta}
          onClick={confirm.open}
        >
          {text.devices.signOut}
        </BusyButton>
      </div>
      {revoke.isError && (
        <div className={classes.wide}>
          <InlineAlert
            message={`${text.devices.stillSignedIn(name)} ${text.failure(readFailure(revoke.error))}`}
            onRetry={() => revoke.mutate()}
          />
        </div>
      )}
      <div id={ids.details} hidden={!detailed} className={classes.details}>
        <DeviceFacts session={session} />
        <div className={classes.more}>
          <Button variant="default" size="xs" onClick={rename.open} aria-label={text.devices.renameOf(name)}>
            {text.devices.rename}
          </Button>
          {!leaving && (
            <button type="button" className={classes.link} onClick={onUnrecognised}>
              {text.unrecognised.link}
            </button>
          )}
        </div>
      </div>
      {confirming && (
        <ConfirmDialog
          title={text.devices.confirmTitle(name)}
          body={text.devices.confirmBody}
          confirm={text.devices.signOut}
          onConfirm={() => revoke.mutate()}
          onClose={confirm.close}
        />
      )}
      {renaming && (
        <Suspense fallback={null}>
          <RenameDialog session={session} onClose={rename.close} />
        </Suspense>
      )}
    </li>
  )
}
