import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Boundary } from '../../shell/boundary.tsx'
import { ExactTime } from '../../shell/exact-time.tsx'
import { Notice } from '../../shell/notice.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { ShowMore } from '../../shell/show-more.tsx'
import { text } from '../../text.ts'
import { trpc, type UserDetail } from '../../trpc.ts'
import activity from '../activity/activity.module.css'
import { EventRow } from '../activity/event-row.tsx'
import { policiesQuery } from './access.ts'
import classes from './admin.module.css'
import { sessionsQuery, userActivityQuery } from './admin-queries.ts'
import { ListSkeleton } from './list-skeleton.tsx'
import { SessionRow } from './session-row.tsx'
import { UserActs } from './user-acts.tsx'

const words = text.admin.user

export function UserPage() {
  const { userId } = useParams({ from: '/signed-in/admin/users/$userId' })
  return (
    <Boundary key={userId} fallback={<ListSkeleton />}>
      <UserDetails userId={userId} />
    </Boundary>
  )
}

function UserDetails({ userId }: { userId: string }) {
  const { data: detail } = useSuspenseQuery(trpc.admin.user.queryOptions({ userId }))
  const { data: policies } = useSuspenseQuery(policiesQuery)
  const { data: current } = useSuspenseQuery(trpc.auth.current.queryOptions())
  const { user, mayAct } = detail
  return (
    <>
      <PageTitle title={user.name ?? user.email} {...(user.name !== null && { lead: user.email })} />
      <Facts detail={detail} />
      {current?.user.id === user.id && (
        <div className={page.section}>
          <Notice>{words.you}</Notice>
        </div>
      )}
      {mayAct && <UserActs detail={detail} policies={policies} />}
      <section aria-labelledby="devices-title" className={page.section}>
        <h2 id="devices-title" className={page.sectionTitle}>
          {words.devices}
        </h2>
        <Boundary fallback={<ListSkeleton />}>
          <Devices userId={userId} mayRevoke={mayAct && policies.includes('sessions:revoke-any')} />
        </Boundary>
      </section>
      <section aria-labelledby="activity-title" className={page.section}>
        <h2 id="activity-title" className={page.sectionTitle}>
          {words.activity}
        </h2>
        <Boundary fallback={<ListSkeleton />}>
          <Activity userId={userId} />
        </Boundary>
      </section>
      {policies.includes('audit:read') && (
        <p className={page.section}>
          <Link to="/admin/audit" search={{ on: userId }} className={classes.link}>
            {words.audit}
          </Link>
        </p>
      )}
    </>
  )
}

function Facts({ detail: { user, credentials } }: { detail: UserDetail }) {
  const labels = words.facts
  const facts: [label: string, fact: ReactNode][] = [
    [labels.role, text.admin.role(user.role)],
    [labels.email, words.email(user.email, user.emailVerified)],
    [labels.created, <ExactTime key="created" iso={user.createdAt} />],
    [labels.suspended, user.suspendedAt && <ExactTime key="suspended" iso={user.suspendedAt} />],
    [labels.password, <ExactTime key="password" iso={credentials.passwordChangedAt} />],
    [labels.factors, words.factors(credentials.authenticatorApp, credentials.passkeys, credentials.recoveryCodesLeft)],
    [
      labels.reference,
      <code key="reference" className={classes.code}>
        {user.id}
      </code>,
    ],
  ]
  return (
    <dl className={`${page.card} ${classes.facts}`}>
      {facts.map(
        ([label, fact]) =>
          fact !== null && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{fact}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

function Devices({ userId, mayRevoke }: { userId: string; mayRevoke: boolean }) {
  const pages = useSuspenseInfiniteQuery(sessionsQuery({ userId }))
  const sessions = pages.data.pages.flatMap((one) => one.sessions)
  if (sessions.length === 0) return <p className={classes.meta}>{words.noDevices}</p>
  return (
    <>
      <ul className={page.card}>
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} mayRevoke={mayRevoke} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <ShowMore pages={pages} shown={text.admin.countOf(sessions.length, true, text.admin.sessions.sessions)} />
      )}
    </>
  )
}

function Activity({ userId }: { userId: string }) {
  const pages = useSuspenseInfiniteQuery(userActivityQuery(userId))
  const events = pages.data.pages.flatMap((one) => one.events)
  if (events.length === 0) return <p className={classes.meta}>{words.noActivity}</p>
  return (
    <>
      <ol className={`${page.card} ${activity.list}`}>
        {events.map((event) => (
          <EventRow key={event.id} event={event} subject={null} here dated />
        ))}
      </ol>
      <ShowMore pages={pages} shown={text.activity.shown(events.length, pages.hasNextPage)} />
    </>
  )
}
