import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { factorsOf } from '../../credential/factors.ts'
import { ExactTime } from '../../shell/exact-time.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import type { Credentials } from '../../trpc.ts'
import { isAddedSince, SinceBadge } from './added-since.tsx'
import { focusPanel } from './panel.tsx'
import { codesInSet } from './recovery-codes-panel.tsx'
import classes from './review-factors.module.css'

interface ReviewFactorsProps {
  credentials: Credentials
  /** When the device that nobody recognised had signed in; null where that is not known. */
  since: string | null
}

/** The last step for a device one doesn't recognise: whoever used it may have added a way in of their own. */
export function ReviewFactors({ credentials, since }: ReviewFactorsProps) {
  const navigate = useNavigate()
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true })
    // The whole of it, not just its heading at the lower edge.
    heading.current?.parentElement?.scrollIntoView({ block: 'start' })
  }, [])

  const { authenticatorApp: app, passkeys, recoveryCodesLeft } = credentials
  const protectedByMore = factorsOf(credentials).length > 0
  const added = passkeys.filter(({ createdAt }) => isAddedSince(createdAt, since)).length
  const words = text.unrecognised
  return (
    <div className={classes.review}>
      <p className={classes.count}>{words.step(3, 3)}</p>
      <h3 ref={heading} tabIndex={-1} className={classes.title}>
        {words.reviewTitle}
      </h3>
      <p className={classes.body}>{protectedByMore ? words.reviewBody : words.reviewNone}</p>
      <ul className={classes.list} aria-label={words.reviewList}>
        <Line
          name={text.security.app}
          panel="app-title"
          fact={app === null ? text.security.appOff : <ExactTime iso={app.createdAt} sentence={text.security.appOn} />}
        >
          {app !== null && isAddedSince(app.createdAt, since) && <SinceBadge />}
        </Line>
        <Line name={text.security.passkeys} panel="passkeys-title" fact={words.passkeys(passkeys.length)}>
          {added > 0 && <SinceBadge count={added} />}
        </Line>
        {protectedByMore && (
          <Line
            name={text.security.codes}
            panel="codes-title"
            fact={text.security.codesLeft(recoveryCodesLeft, codesInSet)}
          />
        )}
      </ul>
      <div className={classes.actions}>
        <Button
          onClick={() => {
            toast(words.finished)
            void navigate({ to: '/' })
          }}
        >
          {words.finish}
        </Button>
        <Link to="/activity" className={classes.link}>
          {words.review}
        </Link>
      </div>
    </div>
  )
}

interface LineProps {
  name: string
  /** The heading of what it leads to, further down. */
  panel: string
  fact: ReactNode
  children?: ReactNode
}

function Line({ name, panel, fact, children }: LineProps) {
  return (
    <li className={classes.line}>
      <div className={classes.about}>
        <span className={classes.name}>{name}</span>
        <span className={classes.fact}>
          {fact} {children}
        </span>
      </div>
      <Button variant="default" size="xs" aria-label={text.unrecognised.showOf(name)} onClick={() => focusPanel(panel)}>
        {text.unrecognised.show}
      </Button>
    </li>
  )
}
