import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import credential from '../../credential/credential.module.css'
import type { Factor } from '../../credential/factors.ts'
import { knowsPasskeys } from '../../credential/passkey.ts'
import { readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import { emailProblem } from '../../form/email-problem.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import classes from '../../form/form.module.css'
import { PasswordField } from '../../form/password-field.tsx'
import { BusyButton } from '../../shell/busy-button.tsx'
import { Notice } from '../../shell/notice.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { type Current, trpc } from '../../trpc.ts'
import { NameDevice } from './name-device.tsx'
import { useSignInWithPasskey } from './sign-in-with-passkey.ts'

const fields = ['email', 'password', 'deviceName']

interface PasswordStepProps {
  next: string | undefined
  notice: string | null
  onSignedIn: (current: Current) => void
  onHalfSignedIn: (half: { factors: readonly Factor[]; deviceName: string }) => void
}

/** Where everybody starts: address and password, or a passkey instead of both. */
export function PasswordStep({ next, notice, onSignedIn, onHalfSignedIn }: PasswordStepProps) {
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
      onSuccess: (result, { deviceName = '' }) => {
        if (result.status === 'signedIn') onSignedIn(result)
        else onHalfSignedIn({ factors: result.factors, deviceName })
      },
      onError: (error) => {
        const failure = readFailure(error)
        countdown.startFrom(failure)
        form.setErrors(fieldProblems(failure, fields) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const byPasskey = useSignInWithPasskey(form.values.deviceName, onSignedIn)
  const failure = signIn.isError ? readFailure(signIn.error) : null
  const refused = byPasskey.isError ? readFailure(byPasskey.error) : null
  const waiting = countdown.secondsLeft > 0

  return (
    <>
      <PageTitle title={text.signIn.title} lead={text.signIn.lead} />
      <div className={`${page.card} ${classes.card} ${classes.form}`}>
        <form
          ref={element}
          noValidate
          className={classes.form}
          onSubmit={form.onSubmit(
            ({ email, password, deviceName }) => {
              if (signIn.isPending || waiting) return
              byPasskey.reset()
              const called = deviceName.trim()
              signIn.mutate({ email: email.trim(), password, ...(called !== '' && { deviceName: called }) })
            },
            () => focusFirst(element.current),
          )}
        >
          {notice !== null && failure === null && refused === null && <Notice>{notice}</Notice>}
          {failure !== null && fieldProblems(failure, fields) === null && (
            <FailureAlert failure={failure} secondsLeft={countdown.secondsLeft} />
          )}
          {refused !== null && (
            <FailureAlert
              failure={refused}
              secondsLeft={refused.retryAfterSeconds ?? 0}
              wording={text.passkey.failures}
            />
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
          <div>
            <PasswordField
              size="md"
              label={text.form.password}
              name="password"
              autoComplete="current-password"
              {...form.getInputProps('password')}
            />
            <Link to="/forgot-password" className={classes.forgot}>
              {text.signIn.forgot}
            </Link>
          </div>
          <NameDevice {...form.getInputProps('deviceName')} />
          <BusyButton type="submit" size="md" fullWidth busy={signIn.isPending} busyLabel={text.signIn.busy}>
            {text.signIn.submit}
          </BusyButton>
        </form>
        {knowsPasskeys() && (
          <>
            <p className={credential.or}>{text.passkey.or}</p>
            <BusyButton
              variant="default"
              size="md"
              fullWidth
              leftSection={<IconFingerprint size={20} aria-hidden />}
              busy={byPasskey.isPending}
              busyLabel={text.passkey.busy}
              onClick={() => {
                signIn.reset()
                byPasskey.mutate()
              }}
            >
              {text.passkey.signIn}
            </BusyButton>
          </>
        )}
      </div>
      <p className={classes.aside}>
        {text.signIn.noAccount}{' '}
        <Link to="/sign-up" search={next === undefined ? {} : { next }} className={classes.link}>
          {text.signIn.signUp}
        </Link>
      </p>
    </>
  )
}
