import type { ReactNode } from 'react'
import { text } from '../../text.ts'
import classes from './security.module.css'

interface PanelProps {
  /** Also how the focus finds the heading, when the control that had it is gone. */
  id: string
  title: string
  lead: string
  children: ReactNode
}

/** One thing of an account: what it is on the one side, how it stands and what can be done on the other. */
export function Panel({ id, title, lead, children }: PanelProps) {
  return (
    <div className={classes.panel}>
      <div>
        <h3 id={id} tabIndex={-1} className={classes.title}>
          {title}
        </h3>
        <p className={classes.lead}>{lead}</p>
      </div>
      <div className={classes.content}>{children}</div>
    </div>
  )
}

/** What a badge says about an address that is, or isn't, known to be its owner's. */
export function ConfirmedBadge({ confirmed }: { confirmed: boolean }) {
  return (
    <span className={classes.badge} data-tone={confirmed ? 'good' : 'warning'}>
      {confirmed ? text.security.emailConfirmed : text.security.emailUnconfirmed}
    </span>
  )
}

export function focusPanel(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus())
}
