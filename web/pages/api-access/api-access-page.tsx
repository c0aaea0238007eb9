import { Boundary } from '../../shell/boundary.tsx'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { AccountList } from './account-list.tsx'
import { AccountSkeleton } from './account-skeleton.tsx'

export function ApiAccessPage() {
  return (
    <>
      <PageTitle title={text.apiAccess.title} lead={text.apiAccess.lead} />
      <Boundary fallback={<AccountSkeleton />}>
        <AccountList />
      </Boundary>
    </>
  )
}
