import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { readFailure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { focusFirst } from '../../form/focus-first.ts'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { text } from '../../text.ts'
import { readAdminAgain } from './access.ts'
import classes from './admin.module.css'

interface ActDialogProps<Result> {
  title: string
  body: ReactNode
  confirm: string
  busy: string
  harm?: boolean
  /** Whether the person is told the reason by mail. */
  told?: boolean
  act: (reason: string) => Promise<Result>
  /** Called with what the server answered; the dialog closes unless it answers `false`. */
  onDone: (result: Result) => boolean | undefined
  onClose: () => void
  /** Further fields, above the reason. */
  children?: ReactNode
}

/** Asks for the reason of an act, and does it. A refusal stays in the dialog, next to what was asked for. */
export function ActDialog<Result>(props: ActDialogProps<Result>) {
  const { title, body, confirm, busy, harm = false, told = true, act, onDone, onClose, children } = props
  const element = useRef<HTMLFormElement>(null)
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const acting = useMutation({
    mutationFn: act,
    onSuccess: (result) => {
      readAdminAgain()
      if (onDone(result) !== false) onClose()
    },
    onError: (error) => {
      setProblem(readFailure(error).fields.reason ?? null)
      focusFirst(element.current)
    },
  })
  const failure = acting.isError ? readFailure(acting.error) : null
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={`${dialog.body} ${classes.said}`}>{body}</div>
      <form
        ref={element}
        noValidate
        className={`${form.form} ${classes.act}`}
        onSubmit={(event) => {
          event.preventDefault()
          if (acting.isPending) return
          if (reason.trim() === '') {
            setProblem(text.admin.reasonNeeded)
            focusFirst(element.current)
            return
          }
          setProblem(null)
          acting.mutate(reason.trim())
        }}
      >
        {failure !== null && problem === null && (
          <FailureAlert
            failure={failure}
            secondsLeft={failure.retryAfterSeconds ?? 0}
            wording={{ NOT_ALLOWED: text.admin.notMore }}
          />
        )}
        {children}
        <TextInput
          label={text.admin.reason}
          description={told ? text.admin.reasonHint : text.admin.reasonHintAudit}
          autoComplete="off"
          maxLength={300}
          data-autofocus
          value={reason}
          error={problem}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <BusyButton type="submit" {...(harm && { color: 'red' })} busy={acting.isPending} busyLabel={busy}>
            {confirm}
          </BusyButton>
        </div>
      </form>
    </Dialog>
  )
}
