import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import credential from '../../credential/credential.module.css'
import type { Factor } from '../../credential/factors.ts'
import { SecondStep } from '../../credential/second-step.tsx'
import { readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import form from '../../form/form.module.css'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { type Current, trpc } from '../../trpc.ts'
import { useSignInWithPasskey } from './sign-in-with-passkey.ts'

interface SecondStepCardProps {
  factors: readonly Factor[]
  deviceName: string
  onSignedIn: (current: Current) => void
  /** The password counts no more: it took too long, or somebody else wants to sign in. */
  onOver: (how: 'tooLate' | 'left') => void
}

/** The second step of a sign-in, in the place of the first. */
export function SecondStepCard({ factors, deviceName, onSignedIn, onOver }: SecondStepCardProps) {
  const [refusals, setRefusals] = useState(0)
  const countdown = useCountdown()
  const byCode = useMutation(
    trpc.auth.secondFactor.mutationOptions({
      onSuccess: onSignedIn,
      onError: (error) => {
        const failure = readFailure(error)
        if (failure.reason === 'NOT_SIGNED_IN') return onOver('tooLate')
        countdown.startFrom(failure)
        setRefusals((before) => before + 1)
      },
    }),
  )
  const byPasskey = useSignInWithPasskey(deviceName, onSignedIn)
  const failed = [byCode, byPasskey].find(({ isError }) => isError)
  return (
    <>
      <PageTitle title={text.signIn.secondTitle} lead={text.signIn.secondLead} />
      <div className={`${page.card} ${form.card}`}>
        <SecondStep
          factors={factors}
          busy={byCode.isPending || byPasskey.isPending}
          failure={failed === undefined ? null : readFailure(failed.error)}
          refusals={refusals}
          secondsLeft={countdown.secondsLeft}
          submitLabel={text.code.submit}
          onCode={(typed) => {
            byPasskey.reset()
            byCode.mutate(typed)
          }}
          onPasskey={() => {
            byCode.reset()
            byPasskey.mutate()
          }}
        />
      </div>
      <p className={form.aside}>
        <button type="button" className={credential.way} onClick={() => onOver('left')}>
          {text.signIn.startAgain}
        </button>
      </p>
    </>
  )
}
