import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import { emailProblem } from '../../form/email-problem.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import { readCredentialsAgain } from './security-changes.ts'

const fields = ['newEmail']

export function ChangeEmailDialog({ onClose }: { onClose: () => void }) {
  const element = useRef<HTMLFormElement>(null)
  const countdown = useCountdown()
  const { onSubmit, getInputProps, setErrors } = useForm({
    initialValues: { newEmail: '' },
    validate: { newEmail: emailProblem },
  })
  const change = useMutation(
    trpc.account.changeEmail.mutationOptions({
      onSuccess: async () => {
        await readCredentialsAgain()
        toast(text.security.emailRequested)
        onClose()
      },
      onError: (error) => {
        const failure = readFailure(error)
        countdown.startFrom(failure)
        setErrors(fieldProblems(failure, fields) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const failure = change.isError ? readFailure(change.error) : null
  return (
    <Dialog title={text.security.changeEmailTitle} onClose={onClose}>
      <form
        ref={element}
        noValidate
        className={form.form}
        onSubmit={onSubmit(
          ({ newEmail }) => {
            if (!change.isPending && countdown.secondsLeft === 0) change.mutate({ newEmail: newEmail.trim() })
          },
          () => focusFirst(element.current),
        )}
      >
        <p className={dialog.body}>{text.security.changeEmailBody}</p>
        {failure !== null && fieldProblems(failure, fields) === null && (
          <FailureAlert failure={failure} secondsLeft={countdown.secondsLeft} />
        )}
        <TextInput
          label={text.security.newEmail}
          type="email"
          name="newEmail"
          autoComplete="email"
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus
          {...getInputProps('newEmail')}
        />
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <BusyButton type="submit" busy={change.isPending} busyLabel={text.forgot.busy}>
            {text.security.changeEmailSubmit}
          </BusyButton>
        </div>
      </form>
    </Dialog>
  )
}
