import { Button } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import credential from '../credential/credential.module.css'
import type { Factor } from '../credential/factors.ts'
import { askPasskey, knowsPasskeys } from '../credential/passkey.ts'
import { SecondStep } from '../credential/second-step.tsx'
import { readFailure } from '../failure.ts'
import { useCountdown } from '../form/countdown.ts'
import { FailureAlert } from '../form/failure-alert.tsx'
import { focusFirst } from '../form/focus-first.ts'
import form from '../form/form.module.css'
import { PasswordField } from '../form/password-field.tsx'
import { BusyButton } from '../shell/busy-button.tsx'
import dialog from '../shell/dialog.module.css'
import { Dialog } from '../shell/dialog.tsx'
import { text } from '../text.ts'
import { client } from '../trpc.ts'

export interface StepUpDialogProps {
  /** The present password when it has just been typed and a second factor is all that is missing. */
  typedPassword: string | null
  email: string
  factors: readonly Factor[]
  onAnswer: (proven: boolean) => void
}

type Proof = Parameters<typeof client.account.reauthenticate.mutate>[0]

/** Asks somebody who is signed in to prove again who they are, with all that a sign-in would ask for. */
export function StepUpDialog({ typedPassword, email, factors, onAnswer }: StepUpDialogProps) {
  const element = useRef<HTMLFormElement>(null)
  const [password, setPassword] = useState(typedPassword ?? '')
  const [isSecond, setSecond] = useState(typedPassword !== null)
  const [problem, setProblem] = useState<string | null>(null)
  const [refusals, setRefusals] = useState(0)
  const countdown = useCountdown()

  const prove = useMutation({
    mutationFn: async (proof: () => Promise<Proof | null>) => {
      const given = await proof()
      return given !== null && (await client.account.reauthenticate.mutate(given))
    },
    onSuccess: (proven) => {
      if (proven !== false) onAnswer(true)
    },
    onError: (error) => {
      const failure = readFailure(error)
      countdown.startFrom(failure)
      if (failure.reason === 'SECOND_FACTOR_REQUIRED') return setSecond(true)
      setRefusals((before) => before + 1)
      if (failure.reason === 'INVALID_CREDENTIALS' && !isSecond) {
        setProblem(text.security.currentWrong)
        focusFirst(element.current)
      }
    },
  })
  const failure = prove.isError ? readFailure(prove.error) : null
  const give = (proof: Proof) => prove.mutate(() => Promise.resolve(proof))
  const givePasskey = () => {
    setProblem(null)
    prove.mutate(async () => {
      const passkey = await askPasskey()
      return passkey && { passkey }
    })
  }
  const shown = failure?.reason === 'SECOND_FACTOR_REQUIRED' ? null : failure

  return (
    <Dialog title={text.stepUp.title} onClose={() => onAnswer(false)}>
      <p className={dialog.body}>{isSecond ? text.stepUp.secondLead : text.stepUp.lead}</p>
      <div className={`${form.form} ${dialog.content}`}>
        {isSecond ? (
          <SecondStep
            factors={factors}
            busy={prove.isPending}
            failure={shown}
            refusals={refusals}
            secondsLeft={countdown.secondsLeft}
            submitLabel={text.stepUp.submit}
            onCode={(secondFactor) => give({ password, secondFactor })}
            onPasskey={givePasskey}
          />
        ) : (
          <form
            ref={element}
            noValidate
            className={form.form}
            onSubmit={(event) => {
              event.preventDefault()
              if (prove.isPending || countdown.secondsLeft > 0) return
              setProblem(password === '' ? text.form.passwordNeeded : null)
              if (password === '') return focusFirst(element.current)
              give({ password })
            }}
          >
            {shown !== null && problem === null && (
              <FailureAlert failure={shown} secondsLeft={countdown.secondsLeft} wording={text.passkey.failures} />
            )}
            <input type="text" name="email" autoComplete="username" value={email} readOnly hidden />
            <PasswordField
              size="md"
              label={text.form.password}
              name="password"
              autoComplete="current-password"
              error={problem}
              value={password}
              onChange={({ currentTarget }) => setPassword(currentTarget.value)}
              data-autofocus
            />
            <BusyButton type="submit" size="md" fullWidth busy={prove.isPending} busyLabel={text.code.busy}>
              {text.stepUp.submit}
            </BusyButton>
            {factors.includes('passkey') && knowsPasskeys() && (
              <>
                <p className={credential.or}>{text.passkey.or}</p>
                <Button
                  variant="default"
                  size="md"
                  fullWidth
                  leftSection={<IconFingerprint size={20} aria-hidden />}
                  onClick={() => !prove.isPending && givePasskey()}
                >
                  {text.passkey.use}
                </Button>
              </>
            )}
          </form>
        )}
        <Button variant="subtle" color="gray" c="var(--quiet)" fullWidth onClick={() => onAnswer(false)}>
          {text.cancel}
        </Button>
      </div>
    </Dialog>
  )
}
