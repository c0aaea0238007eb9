import { IconFingerprint } from '@tabler/icons-react'
import { useState } from 'react'
import type { Failure } from '../failure.ts'
import { FailureAlert } from '../form/failure-alert.tsx'
import form from '../form/form.module.css'
import { BusyButton } from '../shell/busy-button.tsx'
import { text } from '../text.ts'
import { CodeForm } from './code-form.tsx'
import classes from './credential.module.css'
import type { Factor, TypedCode } from './factors.ts'
import { knowsPasskeys } from './passkey.ts'

interface SecondStepProps {
  factors: readonly Factor[]
  busy: boolean
  failure: Failure | null
  /** How many answers were refused: after each, what was typed is gone and the focus is back where one types. */
  refusals: number
  secondsLeft: number
  submitLabel: string
  onCode: (typed: TypedCode) => void
  onPasskey: () => void
}

/** The step after the password: the six digits, a recovery code or a passkey, whichever of them the account has. */
export function SecondStep(props: SecondStepProps) {
  const { factors, busy, failure, refusals, secondsLeft, submitLabel, onCode, onPasskey } = props
  const usable = factors.filter((factor) => factor !== 'passkey' || knowsPasskeys())
  const [way, setWay] = useState(usable[0] ?? 'recoveryCode')
  const [switched, setSwitched] = useState(false)
  const problem = !switched && failure?.reason === 'CODE_NOT_ACCEPTED' ? text.failure(failure) : null
  const turnTo = (other: Factor) => {
    if (busy) return
    if (other === 'passkey') return onPasskey()
    setWay(other)
    setSwitched(true)
  }
  return (
    <div className={form.form}>
      {failure !== null && failure.reason !== 'CODE_NOT_ACCEPTED' && (
        <FailureAlert failure={failure} secondsLeft={secondsLeft} wording={text.passkey.failures} />
      )}
      {way === 'passkey' ? (
        <>
          <p>{text.code.passkeyLead}</p>
          <BusyButton
            size="md"
            fullWidth
            autoFocus
            data-autofocus
            busy={busy}
            busyLabel={text.code.busy}
            leftSection={<IconFingerprint size={20} aria-hidden />}
            onClick={onPasskey}
          >
            {text.passkey.use}
          </BusyButton>
        </>
      ) : (
        <CodeForm
          key={`${way} ${refusals}`}
          kind={way}
          busy={busy}
          problem={problem}
          submitLabel={submitLabel}
          onSubmit={(typed) => {
            if (busy || secondsLeft > 0) return
            setSwitched(false)
            onCode(typed)
          }}
        />
      )}
      {usable.length > 1 && (
        <div className={classes.ways}>
          {usable
            .filter((factor) => factor !== way)
            .map((factor) => (
              <button key={factor} type="button" className={classes.way} onClick={() => turnTo(factor)}>
                {text.code.ways[factor]}
              </button>
            ))}
        </div>
      )}
    </div>
  )
}
