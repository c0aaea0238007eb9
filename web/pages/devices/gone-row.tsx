import { deviceName } from '../../device/device-name.ts'
import { text } from '../../text.ts'
import type { Session } from '../../trpc.ts'
import classes from './device.module.css'
import { DeviceIcon } from './device-icon.tsx'

/** Keeps the place of a device that was signed out elsewhere until the mouse has left the list. */
export function GoneRow({ session }: { session: Session }) {
  return (
    <li className={classes.row} data-gone>
      <DeviceIcon kind={session.device.kind} />
      <div className={classes.identity}>
        <h3 className={classes.name}>{deviceName(session)}</h3>
        <p className={classes.meta}>{text.devices.goneMeanwhile}</p>
      </div>
    </li>
  )
}
