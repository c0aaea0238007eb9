import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import { emailProblem } from '../../form/email-problem.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import { Notice } from '../../shell/notice.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'

export function ForgotPasswordPage() {
  const element = useRef<HTMLFormElement>(null)
  const countdown = useCountdown()
  const { onSubmit, getInputProps, setErrors } = useForm({
    initialValues: { email: '' },
    validate: { email: emailProblem },
  })
  const request = useMutation(
    trpc.auth.requestPasswordReset.mutationOptions({
      onError: (error) => {
        const failure = readFailure(error)
        countdown.startFrom(failure)
        setErrors(fieldProblems(failure, ['email']) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const failure = request.isError ? readFailure(request.error) : null
  return (
    <>
      <PageTitle title={text.forgot.title} lead={text.forgot.lead} />
      <form
        ref={element}
        noValidate
        className={`${page.card} ${form.card} ${form.form}`}
        onSubmit={onSubmit(
          ({ email }) => {
            if (!request.isPending && countdown.secondsLeft === 0) request.mutate({ email: email.trim() })
          },
          () => focusFirst(element.current),
        )}
      >
        {request.isSuccess && (
          <>
            <Notice>{text.forgot.sent}</Notice>
            <p className={form.hint}>{text.forgot.sentMore}</p>
          </>
        )}
        {failure !== null && fieldProblems(failure, ['email']) === null && (
          <FailureAlert failure={failure} secondsLeft={countdown.secondsLeft} />
        )}
        <TextInput
          size="md"
          label={text.form.email}
          type="email"
          name="email"
          autoComplete="username"
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          {...getInputProps('email')}
        />
        <BusyButton
          type="submit"
          size="md"
          fullWidth
          variant={request.isSuccess ? 'default' : 'filled'}
          busy={request.isPending}
          busyLabel={text.forgot.busy}
        >
          {request.isSuccess ? text.forgot.again : text.forgot.submit}
        </BusyButton>
      </form>
      <p className={form.aside}>
        <Link to="/sign-in" className={form.link}>
          {text.forgot.back}
        </Link>
      </p>
    </>
  )
}
