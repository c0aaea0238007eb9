import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { deviceName } from '../../device/device-name.ts'
import { ExactTime } from '../../shell/exact-time.tsx'
import { RelativeTime } from '../../shell/relative-time.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { type AnySession, client } from '../../trpc.ts'
import { DeviceIcon } from '../devices/device-icon.tsx'
import { ActDialog } from './act-dialog.tsx'
import classes from './admin.module.css'

const words = text.admin.sessions

interface SessionRowProps {
  session: AnySession
  mayRevoke: boolean
  /** Whether the row says whose device it is. */
  named?: boolean
}

export function SessionRow({ session, mayRevoke, named = false }: SessionRowProps) {
  const [asking, ask] = useDisclosure(false)
  const { user, ipAddress, location } = session
  const name = deviceName(session)
  return (
    <li className={classes.row}>
      <DeviceIcon kind={session.device.kind} current={session.current} />
      <div className={classes.identity}>
        <p className={classes.name}>
          {name}
          {session.current && (
            <span className={classes.badge} data-tone="good">
              {words.mine}
            </span>
          )}
        </p>
        {named && (
          <p className={classes.meta}>
            <Link to="/admin/users/$userId" params={{ userId: user.id }} className={classes.link}>
              {user.email}
            </Link>
          </p>
        )}
        <p className={classes.meta}>
          <RelativeTime iso={session.lastActiveAt} sentence={text.devices.lastActive} />
          {ipAddress !== null && ` · ${ipAddress}`}
          {location !== null && ` · ${text.devices.approximately(location)}`}
          {' · '}
          <ExactTime iso={session.createdAt} sentence={words.signedInAt} />
        </p>
      </div>
      {mayRevoke && !session.current && (
        <div className={classes.side}>
          <Button
            variant="default"
            aria-label={`${words.signOut} ${words.ofUser(name, user.email)}`}
            onClick={ask.open}
          >
            {words.signOut}
          </Button>
        </div>
      )}
      {asking && (
        <ActDialog
          title={words.signOutOne(name, user.email)}
          body={words.signOutOneBody}
          confirm={words.signOut}
          busy={words.manyBusy}
          harm
          act={(reason) => client.admin.revokeSession.mutate({ sessionId: session.id, reason })}
          onDone={() => void toast(words.signedOutOne(name))}
          onClose={ask.close}
        />
      )}
    </li>
  )
}
