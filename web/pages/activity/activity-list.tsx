import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { formatDay } from '../../dates.ts'
import { useNow } from '../../shell/now.ts'
import page from '../../shell/page.module.css'
import { ShowMore } from '../../shell/show-more.tsx'
import { text } from '../../text.ts'
import { type SecurityEvent, trpc } from '../../trpc.ts'
import classes from './activity.module.css'
import type { ActivityFilter } from './activity-filter.ts'
import { activityQuery } from './activity-query.ts'
import { EventRow } from './event-row.tsx'
import { useSessionNames } from './session-names.ts'

export function ActivityList({ filter }: { filter: ActivityFilter }) {
  const pages = useSuspenseInfiniteQuery(activityQuery(filter))
  const names = useSessionNames()
  const now = useNow(60_000)
  const events = pages.data.pages.flatMap((one) => one.events)
  const { data: current } = useSuspenseQuery(trpc.auth.current.queryOptions())
  if (events.length === 0) {
    const isFiltered = filter.show !== undefined || filter.days !== undefined
    return <p className={classes.empty}>{isFiltered ? text.activity.noMatch : text.activity.empty}</p>
  }
  return (
    <>
      {byDay(events, now).map(([day, ofDay]) => (
        <section key={day} aria-label={day} className={page.section}>
          <h2 className={page.sectionTitle}>{day}</h2>
          <ol className={`${page.card} ${classes.list}`}>
            {ofDay.map((event) => (
              <EventRow
                key={event.id}
                event={event}
                subject={names.get(event.sessionId ?? '') ?? null}
                here={event.sessionId !== null && event.sessionId === current?.session.id}
              />
            ))}
          </ol>
        </section>
      ))}
      <ShowMore pages={pages} shown={text.activity.shown(events.length, pages.hasNextPage)} />
    </>
  )
}

/** The events under the heading of their day, in the order they came. */
function byDay(events: readonly SecurityEvent[], now: number): [day: string, events: SecurityEvent[]][] {
  const days = new Map<string, SecurityEvent[]>()
  for (const event of events) {
    const day = formatDay(event.createdAt, now)
    days.set(day, [...(days.get(day) ?? []), event])
  }
  return [...days]
}
