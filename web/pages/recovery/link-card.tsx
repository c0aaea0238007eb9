import type { ReactNode } from 'react'
import { type Failure, readFailure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'

interface LinkCardProps {
  title: string
  lead: string
  submitLabel: string
  busyLabel: string
  token: string | null
  action: { isPending: boolean; isError: boolean; error: unknown; mutate: (input: { token: string }) => void }
  /** Shown instead of the button once it is done. */
  done: ReactNode
  /** What to do about a link that isn't accepted. */
  remedy: ReactNode
}

const incomplete: Failure = { reason: 'INCOMPLETE', requestId: null, fields: {}, retryAfterSeconds: null }

/** The page of a mailed link that does one thing. Mail programs open links by themselves: it is done when a person presses the button. */
export function LinkCard({ title, lead, submitLabel, busyLabel, token, action, done, remedy }: LinkCardProps) {
  const failure = token === null ? incomplete : action.isError ? readFailure(action.error) : null
  const isOver = failure?.reason === 'INCOMPLETE' || failure?.reason === 'LINK_NOT_ACCEPTED'
  return (
    <>
      <PageTitle title={title} lead={lead} />
      <div className={`${page.card} ${form.card} ${form.form}`}>
        {failure !== null && done === null && (
          <FailureAlert
            failure={failure}
            secondsLeft={failure.retryAfterSeconds ?? 0}
            wording={{ INCOMPLETE: text.link.incomplete }}
          />
        )}
        {done}
        {isOver && done === null && remedy}
        {token !== null && !isOver && done === null && (
          <BusyButton
            size="md"
            fullWidth
            busy={action.isPending}
            busyLabel={busyLabel}
            onClick={() => action.mutate({ token })}
          >
            {submitLabel}
          </BusyButton>
        )}
      </div>
    </>
  )
}
