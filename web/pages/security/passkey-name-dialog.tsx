import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Failure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { text } from '../../text.ts'

interface PasskeyNameDialogProps {
  title: string
  body?: string
  name: string
  submitLabel: string
  busyLabel: string
  busy: boolean
  failure: Failure | null
  onSubmit: (name: string) => void
  onClose: () => void
}

/** Asks what a passkey is to be called, a new one or one that has a name. */
export function PasskeyNameDialog(props: PasskeyNameDialogProps) {
  const { title, body, name, submitLabel, busyLabel, busy, failure, onSubmit, onClose } = props
  const { onSubmit: onValid, getInputProps } = useForm({
    initialValues: { name },
    validate: { name: (typed) => (typed.trim() === '' ? text.security.passkeyNameNeeded : null) },
  })
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        noValidate
        className={form.form}
        onSubmit={onValid(({ name: typed }) => {
          if (!busy) onSubmit(typed.trim())
        })}
      >
        {body !== undefined && <p className={dialog.body}>{body}</p>}
        {failure !== null && (
          <FailureAlert
            failure={failure}
            secondsLeft={failure.retryAfterSeconds ?? 0}
            wording={{ INVALID_INPUT: failure.fields.response ?? text.failure(failure) }}
          />
        )}
        <TextInput
          label={text.security.passkeyName}
          description={text.security.passkeyNameHint}
          autoComplete="off"
          maxLength={60}
          data-autofocus
          {...getInputProps('name')}
          onFocus={(event) => event.currentTarget.select()}
        />
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <BusyButton type="submit" busy={busy} busyLabel={busyLabel}>
            {submitLabel}
          </BusyButton>
        </div>
      </form>
    </Dialog>
  )
}
