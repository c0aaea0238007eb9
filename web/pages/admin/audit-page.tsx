import { Button, NativeSelect } from '@mantine/core'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Boundary } from '../../shell/boundary.tsx'
import { ExactTime } from '../../shell/exact-time.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { ShowMore } from '../../shell/show-more.tsx'
import { text } from '../../text.ts'
import type { AuditEvent } from '../../trpc.ts'
import classes from './admin.module.css'
import { auditQuery, knownActions } from './admin-queries.ts'
import { type AuditSearch, auditPeriods, readAuditSearch } from './admin-search.ts'
import { ListSkeleton } from './list-skeleton.tsx'

const words = text.admin.audit

export function AuditPage() {
  const search = useSearch({ from: '/signed-in/admin/audit' })
  return (
    <>
      <PageTitle title={words.title} lead={words.lead} />
      <Filters search={search} />
      <Boundary key={JSON.stringify(search)} fallback={<ListSkeleton />}>
        <AuditList search={search} />
      </Boundary>
    </>
  )
}

function Filters({ search }: { search: AuditSearch }) {
  const navigate = useNavigate({ from: '/admin/audit' })
  const choose = (choice: Record<string, string>) =>
    void navigate({ search: readAuditSearch({ ...search, ...choice }), replace: true, resetScroll: false })
  const isFiltered = Object.values(search).some((value) => value !== undefined)
  return (
    <search className={classes.bar}>
      <NativeSelect
        label={words.action}
        className={classes.wide}
        value={search.action ?? ''}
        onChange={({ currentTarget }) => choose({ action: currentTarget.value })}
        data={[
          { value: '', label: words.all },
          ...knownActions.map((action) => ({ value: action, label: words.actions[action] })),
        ]}
      />
      <NativeSelect
        label={words.period}
        className={classes.choice}
        value={search.days ?? ''}
        onChange={({ currentTarget }) => choose({ days: currentTarget.value })}
        data={[
          { value: '', label: text.activity.anyTime },
          ...auditPeriods.map((days) => ({ value: String(days), label: text.activity.lastDays(days) })),
        ]}
      />
      {isFiltered && (
        <Button
          variant="subtle"
          color="gray"
          c="var(--quiet)"
          onClick={() => choose({ action: '', days: '', by: '', on: '' })}
        >
          {text.admin.users.clear}
        </Button>
      )}
    </search>
  )
}

function AuditList({ search }: { search: AuditSearch }) {
  const pages = useSuspenseInfiniteQuery(auditQuery(search))
  const events = pages.data.pages.flatMap((one) => one.events)
  const isFiltered = Object.values(search).some((value) => value !== undefined)
  if (events.length === 0) return <p className={classes.empty}>{isFiltered ? words.none : words.empty}</p>
  return (
    <>
      {(search.by !== undefined || search.on !== undefined) && <p className={page.section}>{words.narrowed}</p>}
      <ol className={`${page.card} ${classes.list}`}>
        {events.map((event) => (
          <AuditRow key={event.id} event={event} />
        ))}
      </ol>
      <ShowMore pages={pages} shown={text.admin.countOf(events.length, pages.hasNextPage, words.events)} />
    </>
  )
}

/** Details that the sentence does not tell. */
const further = (details: AuditEvent['details']) =>
  Object.entries(details).filter(([name]) => !['from', 'to', 'count'].includes(name))

function AuditRow({ event }: { event: AuditEvent }) {
  const { actor, target } = event
  const by = actor.kind === 'operator' ? words.operator : (actor.email ?? words.deleted)
  const on = target.email ?? words.deleted
  const where = [event.ipAddress, event.requestId === null ? null : words.requestId(event.requestId)]
  const facts = [...where, ...further(event.details).map(([name, value]) => words.filter(name, value))].filter(
    (fact) => fact !== null,
  )
  return (
    <li className={`${classes.row} ${classes.plain}`}>
      <div className={classes.identity}>
        <p className={classes.name}>
          {words.act({ action: event.action, actor: by, target: on, details: event.details })}
        </p>
        {event.reason !== null && <p className={classes.reason}>{words.reason(event.reason)}</p>}
        {facts.length > 0 && <p className={classes.meta}>{facts.join(' · ')}</p>}
        <p className={classes.others}>
          {actor.id !== null && (
            <Link to="/admin/audit" search={{ by: actor.id }} className={classes.link} aria-label={words.byOf(by)}>
              {words.by}
            </Link>
          )}
          {target.kind === 'user' && target.id !== null && target.id !== actor.id && (
            <Link to="/admin/audit" search={{ on: target.id }} className={classes.link} aria-label={words.onOf(on)}>
              {words.on}
            </Link>
          )}
        </p>
      </div>
      <p className={classes.side}>
        <ExactTime iso={event.createdAt} />
      </p>
    </li>
  )
}
