import { useSuspenseQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Boundary } from '../../shell/boundary.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import { ChangePassword } from './change-password.tsx'
import { DeleteAccount } from './delete-account.tsx'
import { EmailPanel } from './email-panel.tsx'
import { Factors } from './factors.tsx'
import { NamePanel } from './name-panel.tsx'
import classes from './security.module.css'
import { SecuritySkeleton } from './security-skeleton.tsx'
import { SignOutEverywhere } from './sign-out-everywhere.tsx'

export function SecurityPage() {
  return (
    <>
      <PageTitle title={text.security.title} lead={text.security.lead} />
      <Boundary fallback={<SecuritySkeleton />}>
        <Sections />
      </Boundary>
    </>
  )
}

function Sections() {
  const { after, since = null } = useSearch({ from: '/signed-in/security' })
  const { data: current } = useSuspenseQuery(trpc.auth.current.queryOptions())
  const { data: credentials } = useSuspenseQuery(trpc.account.credentials.queryOptions())
  // The account is gone; what stands around the page says so.
  if (current === null || credentials === null) return null
  const { user, session } = current
  return (
    <>
      <ChangePassword guide={after ?? null} since={since} credentials={credentials} />
      <Factors credentials={credentials} user={user} session={session} since={since} reviewing={after === 'factors'} />
      <section aria-labelledby="details-title" className={page.section}>
        <h2 id="details-title" className={page.sectionTitle}>
          {text.security.details}
        </h2>
        <div className={page.card}>
          <EmailPanel user={user} pendingEmail={credentials.pendingEmail} />
          <NamePanel user={user} />
        </div>
      </section>
      <section aria-labelledby="danger-title" className={page.section}>
        <h2 id="danger-title" className={page.sectionTitle}>
          {text.security.danger}
        </h2>
        <div className={`${page.card} ${classes.dangerCard}`}>
          <SignOutEverywhere />
          <DeleteAccount email={user.email} />
        </div>
      </section>
    </>
  )
}
