import { lazyRouteComponent } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import { factorsOf } from '../../credential/factors.ts'
import { code } from '../../page-code.ts'
import page from '../../shell/page.module.css'
import { text } from '../../text.ts'
import type { Credentials, Session, User } from '../../trpc.ts'
import { AuthenticatorAppPanel } from './authenticator-app-panel.tsx'
import { focusPanel } from './panel.tsx'
import { PasskeysPanel } from './passkeys-panel.tsx'
import { RecoveryCodesPanel } from './recovery-codes-panel.tsx'
import { ReviewFactors } from './review-factors.tsx'

const RecoveryCodesDialog = lazyRouteComponent(
  code(() => import('./recovery-codes-dialog.tsx')),
  'RecoveryCodesDialog',
)

interface FactorsProps {
  credentials: Credentials
  user: User
  session: Session
  /** When a device that nobody recognised had signed in; null when there was none. */
  since: string | null
  reviewing: boolean
}

/** What stands behind the password, and what stands in for it. */
export function Factors({ credentials, user, session, since, reviewing }: FactorsProps) {
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  return (
    <section aria-labelledby="factors-title" className={page.section}>
      <h2 id="factors-title" className={page.sectionTitle}>
        {text.security.factors}
      </h2>
      <div className={page.card}>
        {reviewing && <ReviewFactors credentials={credentials} since={since} />}
        <AuthenticatorAppPanel app={credentials.authenticatorApp} since={since} onCodes={setCodes} />
        <PasskeysPanel passkeys={credentials.passkeys} since={since} session={session} onCodes={setCodes} />
        {factorsOf(credentials).length > 0 && (
          <RecoveryCodesPanel left={credentials.recoveryCodesLeft} onCodes={setCodes} />
        )}
      </div>
      {codes !== null && (
        <Suspense fallback={null}>
          <RecoveryCodesDialog
            codes={codes}
            email={user.email}
            onClose={() => {
              setCodes(null)
              focusPanel('codes-title')
            }}
          />
        </Suspense>
      )}
    </section>
  )
}
