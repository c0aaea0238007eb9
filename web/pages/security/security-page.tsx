import { useSearch } from '@tanstack/react-router'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { ChangePassword } from './change-password.tsx'
import { SignOutEverywhere } from './sign-out-everywhere.tsx'

export function SecurityPage() {
  const { after } = useSearch({ from: '/signed-in/security' })
  return (
    <>
      <PageTitle title={text.security.title} lead={text.security.lead} />
      <ChangePassword guide={after ?? null} />
      <SignOutEverywhere />
    </>
  )
}
