import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { type Failure, readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import { emailProblem } from '../../form/email-problem.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import classes from '../../form/form.module.css'
import { NewPasswordField } from '../../form/new-password-field.tsx'
import { lengthProblem } from '../../form/password-length.ts'
import { localPath } from '../../local-path.ts'
import { beginSession } from '../../session-lifecycle.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import { CheckMail } from './check-mail.tsx'

export function SignUpPage() {
  const { next } = useSearch({ from: '/entrance/sign-up' })
  const router = useRouter()
  const element = useRef<HTMLFormElement>(null)
  const countdown = useCountdown()

  const form = useForm({
    initialValues: { name: '', email: '', password: '' },
    validate: { email: emailProblem, password: (password) => lengthProblem(password) },
  })

  const signUp = useMutation(
    trpc.auth.signUp.mutationOptions({
      onSuccess: ({ user, session }) => {
        // With a mail server, the account waits for the link in the mail.
        if (user === null || session === null) return
        beginSession({ user, session })
        router.history.replace(localPath(next))
      },
      onError: (error) => {
        const failure = readFailure(error)
        countdown.startFrom(failure)
        form.setErrors(problems(failure) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const failure = signUp.isError ? readFailure(signUp.error) : null
  if (signUp.isSuccess && signUp.data.user === null)
    return <CheckMail email={signUp.variables.email} onAgain={signUp.reset} />

  return (
    <>
      <PageTitle title={text.signUp.title} lead={text.signUp.lead} />
      <form
        ref={element}
        noValidate
        className={`${page.card} ${classes.card} ${classes.form}`}
        onSubmit={form.onSubmit(
          ({ name, email, password }) => {
            if (signUp.isPending || countdown.secondsLeft > 0) return
            signUp.mutate({ email: email.trim(), password, ...(name.trim() !== '' && { name: name.trim() }) })
          },
          () => focusFirst(element.current),
        )}
      >
        {failure !== null && problems(failure) === null && (
          <FailureAlert failure={failure} secondsLeft={countdown.secondsLeft} />
        )}
        <TextInput
          size="md"
          label={
            <>
              {text.signUp.name} <span className={classes.optional}>({text.signUp.optional})</span>
            </>
          }
          name="name"
          autoComplete="name"
          maxLength={100}
          {...form.getInputProps('name')}
        />
        <TextInput
          size="md"
          label={text.form.email}
          type="email"
          name="email"
          autoComplete="username"
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('email')}
        />
        <NewPasswordField
          size="md"
          label={text.form.password}
          name="password"
          known={{ email: form.values.email, name: form.values.name }}
          {...form.getInputProps('password')}
        />
        <BusyButton type="submit" size="md" fullWidth busy={signUp.isPending} busyLabel={text.signUp.busy}>
          {text.signUp.submit}
        </BusyButton>
      </form>
      <p className={classes.aside}>
        {text.signUp.haveAccount}{' '}
        <Link to="/sign-in" search={next === undefined ? {} : { next }} className={classes.link}>
          {text.signUp.signIn}
        </Link>
      </p>
    </>
  )
}

/** The failure as far as single fields are to blame. */
function problems(failure: Failure): Record<string, string> | null {
  if (failure.reason === 'EMAIL_TAKEN') return { email: text.failure(failure) }
  return fieldProblems(failure, ['name', 'email', 'password'])
}
