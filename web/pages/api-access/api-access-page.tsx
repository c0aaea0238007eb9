import { Boundary } from '../../shell/boundary.tsx'
import { PageTitle } from '../../shell/page-title.tsx'
import { AccountList } from './account-list.tsx'
import { AccountSkeleton } from './account-skeleton.tsx'
import { apiText } from './api-text.ts'

export function ApiAccessPage() {
  return (
    <>
      <PageTitle title={apiText.title} lead={apiText.lead} />
      <Boundary fallback={<AccountSkeleton />}>
        <AccountList />
      </Boundary>
    </>
  )
}
