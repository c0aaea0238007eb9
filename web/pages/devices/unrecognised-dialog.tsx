import { Button } from '@mantine/core'
import { deviceName } from '../../device/device-name.ts'
import { readFailure } from '../../failure.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ButtonLink } from '../../shell/button-link.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { RelativeTime } from '../../shell/relative-time.tsx'
import { text } from '../../text.ts'
import type { Session } from '../../trpc.ts'
import { DevicePlace } from './device-place.tsx'
import { useRevoke } from './revoke.ts'
import classes from './unrecognised-dialog.module.css'

interface UnrecognisedDialogProps {
  session: Session
  onGone: () => void
  onClose: () => void
}

/** The guided path for a device one doesn't recognise: sign it out, change the password on the Security page, review the second factors there. */
export function UnrecognisedDialog({ session, onGone, onClose }: UnrecognisedDialogProps) {
  const revoke = useRevoke(session, onGone)
  const name = deviceName(session)
  return (
    <Dialog title={text.unrecognised.title} onClose={onClose}>
      {revoke.isSuccess ? (
        <div key="password" className={classes.step}>
          <p className={classes.count}>{text.unrecognised.step(2, 3)}</p>
          <h3 className={classes.title} tabIndex={-1} ref={(heading) => heading?.focus()}>
            {text.unrecognised.passwordTitle}
          </h3>
          <p className={dialog.body}>{text.unrecognised.passwordBody(name)}</p>
          <div className={dialog.actions}>
            <Button variant="default" onClick={onClose}>
              {text.unrecognised.later}
            </Button>
            <ButtonLink to="/security" search={{ after: 'unrecognised', since: session.createdAt }}>
              {text.unrecognised.changePassword}
            </ButtonLink>
          </div>
        </div>
      ) : (
        <div key="sign-out" className={classes.step}>
          <p className={classes.count}>{text.unrecognised.step(1, 3)}</p>
          <h3 className={classes.title}>{text.unrecognised.signOutTitle(name)}</h3>
          <p className={dialog.body}>
            <RelativeTime iso={session.lastActiveAt} sentence={text.devices.lastActive} />
            <DevicePlace session={session} />
          </p>
          <p className={dialog.body}>{text.unrecognised.signOutBody}</p>
          {revoke.isError && (
            <InlineAlert
              message={`${text.devices.stillSignedIn(name)} ${text.failure(readFailure(revoke.error))}`}
              onRetry={() => revoke.mutate()}
            />
          )}
          <div className={dialog.actions}>
            <Button variant="default" onClick={onClose} data-autofocus>
              {text.cancel}
            </Button>
            <BusyButton
              color="red"
              busy={revoke.isPending}
              busyLabel={text.devices.signingOut}
              onClick={() => revoke.mutate()}
            >
              {text.unrecognised.signOut}
            </BusyButton>
          </div>
        </div>
      )}
    </Dialog>
  )
}
