import { Checkbox } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { factorsOf } from '../../credential/factors.ts'
import { type Failure, readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import form from '../../form/form.module.css'
import { NewPasswordField } from '../../form/new-password-field.tsx'
import { PasswordField } from '../../form/password-field.tsx'
import { fewestAlone, fewestBesideSecondFactor, lengthProblem } from '../../form/password-length.ts'
import type { SecurityGuide } from '../../router.tsx'
import { devicesChanged } from '../../session-lifecycle.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { Notice } from '../../shell/notice.tsx'
import page from '../../shell/page.module.css'
import { RelativeTime } from '../../shell/relative-time.tsx'
import { text } from '../../text.ts'
import { type Credentials, trpc } from '../../trpc.ts'
import classes from './security.module.css'

const initialValues = { currentPassword: '', newPassword: '', revokeOtherSessions: true }

interface ChangePasswordProps {
  /** What led here: a device that wasn't recognised, which is signed out by now, or an event; null for nothing special. */
  guide: SecurityGuide | null
  since: string | null
  credentials: Credentials
}

export function ChangePassword({ guide, since, credentials }: ChangePasswordProps) {
  const { data: current } = useSuspenseQuery(trpc.auth.current.queryOptions())
  const fewest = factorsOf(credentials).length > 0 ? fewestBesideSecondFactor : fewestAlone
  const navigate = useNavigate()
  const element = useRef<HTMLFormElement>(null)
  const countdown = useCountdown()

  const { onSubmit, getInputProps, setErrors, reset } = useForm({
    initialValues,
    validate: {
      currentPassword: (password) => (password === '' ? text.security.currentNeeded : null),
      newPassword: (password, { currentPassword }) => {
        if (password === '') return text.security.nextNeeded
        return lengthProblem(password, fewest) ?? (password === currentPassword ? text.security.nextSame : null)
      },
    },
  })

  const change = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess: () => {
        reset()
        devicesChanged()
        if (guide !== 'unrecognised') return
        const search = { after: 'factors', since: since ?? undefined } as const
        return navigate({ to: '/security', search, replace: true, resetScroll: false })
      },
      onError: (error) => {
        const failure = readFailure(error)
        countdown.startFrom(failure)
        setErrors(problems(failure) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const failure = change.isError ? readFailure(change.error) : null

  return (
    <section aria-labelledby="password-title" className={page.section}>
      <div className={`${page.card} ${classes.panel}`}>
        <div>
          <h2 id="password-title" className={classes.title}>
            {text.security.password}
          </h2>
          <p className={classes.lead}>{text.security.passwordLead}</p>
          <p className={classes.lead}>
            <RelativeTime iso={credentials.passwordChangedAt} sentence={text.security.passwordAge} />
          </p>
        </div>
        <form
          ref={element}
          noValidate
          className={form.form}
          onSubmit={onSubmit(
            (values) => {
              if (!change.isPending && countdown.secondsLeft === 0) change.mutate(values)
            },
            () => focusFirst(element.current),
          )}
        >
          {(guide === 'unrecognised' || guide === 'event') && !change.isSuccess && (
            <Notice>{text.security.guides[guide]}</Notice>
          )}
          {change.isSuccess && <Notice>{text.security.changed(change.data.revokedCount)}</Notice>}
          {failure !== null && problems(failure) === null && (
            <FailureAlert failure={failure} secondsLeft={countdown.secondsLeft} />
          )}
          {/* Tells password managers whose password this is. */}
          <input type="text" name="email" autoComplete="username" value={current?.user.email ?? ''} readOnly hidden />
          <PasswordField
            label={text.security.current}
            name="currentPassword"
            autoComplete="current-password"
            {...getInputProps('currentPassword')}
          />
          <NewPasswordField
            label={text.security.next}
            name="newPassword"
            fewest={fewest}
            {...getInputProps('newPassword')}
          />
          <Checkbox
            label={text.security.signOutOthers}
            description={text.security.signOutOthersHint}
            {...getInputProps('revokeOtherSessions', { type: 'checkbox' })}
          />
          <div>
            <BusyButton type="submit" className={classes.action} busy={change.isPending} busyLabel={text.security.busy}>
              {text.security.submit}
            </BusyButton>
          </div>
        </form>
      </div>
    </section>
  )
}

/** The failure as far as single fields are to blame. */
function problems(failure: Failure): Record<string, string> | null {
  if (failure.reason === 'INVALID_CREDENTIALS') return { currentPassword: text.security.currentWrong }
  return fieldProblems(failure, ['currentPassword', 'newPassword'])
}
