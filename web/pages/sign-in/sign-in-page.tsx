import { lazyRouteComponent, useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Factor } from '../../credential/factors.ts'
import { localPath } from '../../local-path.ts'
import { code } from '../../page-code.ts'
import { beginSession } from '../../session-lifecycle.ts'
import { text } from '../../text.ts'
import type { Current } from '../../trpc.ts'
import { PasswordStep } from './password-step.tsx'

const SecondStepCard = lazyRouteComponent(
  code(() => import('./second-step-card.tsx')),
  'SecondStepCard',
)

/** The password was right; this is what can complete it. */
interface Half {
  factors: readonly Factor[]
  deviceName: string
}

export function SignInPage() {
  const { next, signedOut } = useSearch({ from: '/entrance/sign-in' })
  const router = useRouter()
  const [half, setHalf] = useState<Half | null>(null)
  const [tooLate, setTooLate] = useState(false)

  const onSignedIn = ({ user, session }: Current) => {
    beginSession({ user, session })
    router.history.replace(localPath(next))
  }
  if (half !== null)
    return (
      <SecondStepCard
        {...half}
        onSignedIn={onSignedIn}
        onOver={(how) => {
          setTooLate(how === 'tooLate')
          setHalf(null)
        }}
      />
    )
  const notices = { everywhere: text.signIn.signedOutEverywhere, deleted: text.signIn.deleted }
  return (
    <PasswordStep
      next={next}
      notice={tooLate ? text.signIn.tooLate : signedOut === undefined ? null : notices[signedOut]}
      onSignedIn={onSignedIn}
      onHalfSignedIn={setHalf}
    />
  )
}
