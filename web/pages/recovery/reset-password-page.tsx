import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import form from '../../form/form.module.css'
import { NewPasswordField } from '../../form/new-password-field.tsx'
import { fewestBesideSecondFactor, lengthProblem } from '../../form/password-length.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ButtonLink } from '../../shell/button-link.tsx'
import { Notice } from '../../shell/notice.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { queryClient, trpc } from '../../trpc.ts'
import { useLinkToken } from './link-token.ts'

const fields = ['newPassword']

/** Sets a new password by a mailed link. */
export function ResetPasswordPage() {
  const token = useLinkToken()
  const element = useRef<HTMLFormElement>(null)
  const countdown = useCountdown()
  const { onSubmit, getInputProps, setErrors } = useForm({
    initialValues: { newPassword: '' },
    // Whether a second factor stands beside it, the server knows: it refuses what is too short without one.
    validate: {
      newPassword: (password) =>
        password === '' ? text.security.nextNeeded : lengthProblem(password, fewestBesideSecondFactor),
    },
  })
  const change = useMutation(
    trpc.auth.resetPassword.mutationOptions({
      // Whoever was signed in here is not any more, if it was their password.
      onSuccess: () => queryClient.removeQueries(trpc.pathFilter()),
      onError: (error) => {
        const failure = readFailure(error)
        countdown.startFrom(failure)
        setErrors(fieldProblems(failure, fields) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const failure = change.isError ? readFailure(change.error) : null
  const isOver = token === null || failure?.reason === 'LINK_NOT_ACCEPTED'

  if (change.isSuccess)
    return (
      <>
        <PageTitle title={text.reset.title} />
        <div className={`${page.card} ${form.card} ${form.form}`}>
          <Notice>
            {text.reset.done} {text.reset.doneMore(change.data.revokedCount)}
          </Notice>
          <ButtonLink to="/sign-in" size="md" fullWidth>
            {text.reset.signIn}
          </ButtonLink>
        </div>
      </>
    )
  return (
    <>
      <PageTitle title={text.reset.title} lead={text.reset.lead} />
      <form
        ref={element}
        noValidate
        className={`${page.card} ${form.card} ${form.form}`}
        onSubmit={onSubmit(
          ({ newPassword }) => {
            if (token === null || change.isPending || countdown.secondsLeft > 0) return
            change.mutate({ token, newPassword })
          },
          () => focusFirst(element.current),
        )}
      >
        {token === null && <Notice>{text.link.incomplete}</Notice>}
        {failure !== null && fieldProblems(failure, fields) === null && (
          <FailureAlert failure={failure} secondsLeft={countdown.secondsLeft} />
        )}
        {isOver ? (
          <ButtonLink to="/forgot-password" size="md" fullWidth variant="default">
            {text.reset.askAgain}
          </ButtonLink>
        ) : (
          <>
            <NewPasswordField
              size="md"
              label={text.security.next}
              name="newPassword"
              {...getInputProps('newPassword')}
            />
            <BusyButton type="submit" size="md" fullWidth busy={change.isPending} busyLabel={text.reset.busy}>
              {text.reset.submit}
            </BusyButton>
          </>
        )}
      </form>
    </>
  )
}
