import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import { emailProblem } from '../../form/email-problem.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import classes from '../../form/form.module.css'
import { PasswordField } from '../../form/password-field.tsx'
import { localPath } from '../../local-path.ts'
import { beginSession } from '../../session-lifecycle.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { Notice } from '../../shell/notice.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import { NameDevice } from './name-device.tsx'

const fields = ['email', 'password', 'deviceName']

export function SignInPage() {
  const { next, signedOut } = useSearch({ from: '/entrance/sign-in' })
  const router = useRouter()
  const element = useRef<HTMLFormElement>(null)
  const countdown = useCountdown()

  const form = useForm({
    initialValues: { email: '', password: '', deviceName: '' },
    validate: {
      email: emailProblem,
      password: (password) => (password === '' ? text.form.passwordNeeded : null),
    },
  })

  const signIn = useMutation(
    trpc.auth.signIn.mutationOptions({
      onSuccess: (result) => {
        if (result.status !== 'signedIn') return
        beginSession({ user: result.user, session: result.session })
        router.history.replace(localPath(next))
      },
      onError: (error) => {
        const failure = readFailure(error)
        countdown.startFrom(failure)
        form.setErrors(fieldProblems(failure, fields) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const failure = signIn.isError ? readFailure(signIn.error) : null
  const waiting = countdown.secondsLeft > 0

  return (
    <>
      <PageTitle title={text.signIn.title} lead={text.signIn.lead} />
      <form
        ref={element}
        noValidate
        className={`${page.card} ${classes.card} ${classes.form}`}
        onSubmit={form.onSubmit(
          ({ email, password, deviceName }) => {
            if (signIn.isPending || waiting) return
            const called = deviceName.trim()
            signIn.mutate({ email: email.trim(), password, ...(called !== '' && { deviceName: called }) })
          },
          () => focusFirst(element.current),
        )}
      >
        {signedOut === 'everywhere' && !signIn.isError && <Notice>{text.signIn.signedOutEverywhere}</Notice>}
        {signIn.isSuccess && signIn.data.status !== 'signedIn' && <Notice>{text.signIn.secondFactor}</Notice>}
        {failure !== null && fieldProblems(failure, fields) === null && (
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
          {...form.getInputProps('email')}
        />
        <PasswordField
          size="md"
          label={text.form.password}
          name="password"
          autoComplete="current-password"
          {...form.getInputProps('password')}
        />
        <NameDevice {...form.getInputProps('deviceName')} />
        <BusyButton type="submit" size="md" fullWidth busy={signIn.isPending} busyLabel={text.signIn.busy}>
          {text.signIn.submit}
        </BusyButton>
      </form>
      <p className={classes.aside}>
        {text.signIn.noAccount}{' '}
        <Link to="/sign-up" search={next === undefined ? {} : { next }} className={classes.link}>
          {text.signIn.signUp}
        </Link>
      </p>
    </>
  )
}
