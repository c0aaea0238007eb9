import type { ReactNode } from 'react'
import { ExactTime } from '../../shell/exact-time.tsx'
import { text } from '../../text.ts'
import type { Session } from '../../trpc.ts'
import classes from './device.module.css'

const labels = text.devices.facts

/** Everything known about a session, as a list of terms. What is not known is not listed. */
export function DeviceFacts({ session }: { session: Session }) {
  const facts: [label: string, fact: ReactNode][] = [
    [labels.signedIn, <ExactTime key="signed-in" iso={session.createdAt} />],
    [labels.method, text.devices.method(session.amr)],
    [labels.lastActive, <ExactTime key="last-active" iso={session.lastActiveAt} />],
    [labels.firstAddress, session.firstIpAddress],
    [labels.lastAddress, session.ipAddress],
    [labels.expires, <ExactTime key="expires" iso={session.expiresAt} />],
    [labels.reference, <code key="reference">{session.id}</code>],
  ]
  return (
    <dl className={classes.facts}>
      {facts.map(
        ([label, fact]) =>
          fact !== null && (
            <div key={label} className={classes.fact}>
              <dt>{label}</dt>
              <dd>{fact}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
