import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Boundary } from '../../shell/boundary.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { ShowMore } from '../../shell/show-more.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import { policiesQuery } from './access.ts'
import classes from './admin.module.css'
import { sessionsQuery } from './admin-queries.ts'
import type { SessionSearch } from './admin-search.ts'
import { ListSkeleton } from './list-skeleton.tsx'
import { SessionFilters } from './session-filters.tsx'
import { SessionRow } from './session-row.tsx'
import { SignOutManyDialog } from './sign-out-many-dialog.tsx'

const words = text.admin.sessions

export function SessionsPage() {
  const search = useSearch({ from: '/signed-in/admin/sessions' })
  const key = JSON.stringify(search)
  return (
    <>
      <PageTitle title={words.title} lead={words.lead} />
      <SessionFilters key={key} search={search} />
      <Boundary key={`list ${key}`} fallback={<ListSkeleton />}>
        <SessionList search={search} />
      </Boundary>
    </>
  )
}

function SessionList({ search }: { search: SessionSearch }) {
  const [asking, ask] = useDisclosure(false)
  const pages = useSuspenseInfiniteQuery(sessionsQuery(search))
  const { data: policies } = useSuspenseQuery(policiesQuery)
  const { data: current } = useSuspenseQuery(trpc.auth.current.queryOptions())
  const sessions = pages.data.pages.flatMap((one) => one.sessions)
  const mayRevoke = policies.includes('sessions:revoke-any')
  if (sessions.length === 0) return <p className={classes.empty}>{words.none}</p>
  return (
    <>
      {mayRevoke && (
        <div className={classes.summary}>
          <span />
          <Button variant="default" c="var(--danger)" onClick={ask.open}>
            {words.many}
          </Button>
        </div>
      )}
      <ul className={`${page.card} ${classes.list}`}>
        {sessions.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            mayRevoke={mayRevoke && session.user.id !== current?.user.id}
            named
          />
        ))}
      </ul>
      <ShowMore pages={pages} shown={text.admin.countOf(sessions.length, pages.hasNextPage, words.sessions)} />
      {asking && <SignOutManyDialog search={search} onClose={ask.close} />}
    </>
  )
}
