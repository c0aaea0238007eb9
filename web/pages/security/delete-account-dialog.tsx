import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { readFailure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import form from '../../form/form.module.css'
import { leave } from '../../session-lifecycle.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'

const fields = ['email']

interface DeleteAccountDialogProps {
  email: string
  onClose: () => void
}

/** Asks for the address once more, so that no account is erased by a slip. */
export function DeleteAccountDialog({ email, onClose }: DeleteAccountDialogProps) {
  const element = useRef<HTMLFormElement>(null)
  const isOwn = (typed: string) => typed.trim().normalize('NFKC').toLowerCase() === email
  const { onSubmit, getInputProps, setErrors } = useForm({
    initialValues: { email: '' },
    validate: { email: (typed) => (isOwn(typed) ? null : text.security.deleteMismatch) },
  })
  const erase = useMutation(
    trpc.account.delete.mutationOptions({
      onSuccess: () => leave('deleted'),
      onError: (error) => {
        setErrors(fieldProblems(readFailure(error), fields) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const failure = erase.isError ? readFailure(erase.error) : null
  return (
    <Dialog title={text.security.deleteTitle} onClose={onClose}>
      <form
        ref={element}
        noValidate
        className={form.form}
        onSubmit={onSubmit(
          ({ email: typed }) => {
            if (erase.isIdle || erase.isError) erase.mutate({ email: typed.trim() })
          },
          () => focusFirst(element.current),
        )}
      >
        <p className={dialog.body}>{text.security.deleteBody(email)}</p>
        {failure !== null && fieldProblems(failure, fields) === null && (
          <FailureAlert failure={failure} secondsLeft={failure.retryAfterSeconds ?? 0} />
        )}
        <TextInput
          label={text.security.deleteEmail}
          type="email"
          name="email"
          autoComplete="off"
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus
          {...getInputProps('email')}
        />
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <BusyButton
            type="submit"
            color="red"
            busy={erase.isPending || erase.isSuccess}
            busyLabel={text.security.deleting}
          >
            {text.security.deleteSubmit}
          </BusyButton>
        </div>
      </form>
    </Dialog>
  )
}
