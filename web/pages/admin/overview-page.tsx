import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChartSkeleton } from '../../chart/chart-skeleton.tsx'
import { DayChart, sum } from '../../chart/day-chart.tsx'
import { Boundary } from '../../shell/boundary.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import classes from './admin.module.css'
import { seriesQuery } from './admin-queries.ts'
import { ListSkeleton } from './list-skeleton.tsx'

const words = text.admin.overview

export function OverviewPage() {
  return (
    <>
      <PageTitle title={words.title} lead={words.lead} />
      <Boundary fallback={<ListSkeleton />}>
        <Tiles />
      </Boundary>
      <Boundary fallback={<ChartSkeleton />}>
        <Charts />
      </Boundary>
    </>
  )
}

const numbers = new Intl.NumberFormat(text.language)

function Tiles() {
  const { data } = useSuspenseQuery(trpc.admin.overview.queryOptions())
  const value = (n: number, share: string | null = null) => (
    <span className={classes.tileValue}>
      {numbers.format(n)}
      {share !== null && <span className={classes.tileShare}>{share}</span>}
    </span>
  )
  const label = (words: string) => <span className={classes.tileLabel}>{words}</span>
  const look = `${page.card} ${classes.tile}`
  return (
    <ul className={classes.tiles}>
      <li>
        <Link to="/admin/users" className={look}>
          {label(words.tiles.users)} {value(data.users)}
        </Link>
      </li>
      <li>
        <Link to="/admin/users" search={{ status: 'suspended' }} className={look}>
          {label(words.tiles.suspended)} {value(data.suspended)}
        </Link>
      </li>
      <li>
        <Link to="/admin/users" search={{ role: 'admin' }} className={look}>
          {label(words.tiles.administrators)} {value(data.administrators)}
        </Link>
      </li>
      <li>
        <Link to="/admin/users" search={{ factor: 'with' }} className={look}>
          {label(words.tiles.withSecondFactor)}{' '}
          {value(data.withSecondFactor, words.share(data.withSecondFactor, data.users))}
        </Link>
      </li>
      <li>
        <Link to="/admin/sessions" className={look}>
          {label(words.tiles.sessions)} {value(data.sessions)}
        </Link>
      </li>
      <li>
        <Link to="/admin/sessions" search={{ unused: 1 }} className={look}>
          {label(words.tiles.unused)} {value(data.sessions - data.activeToday)}
        </Link>
      </li>
    </ul>
  )
}

function Charts() {
  const { data } = useSuspenseQuery(seriesQuery)
  const { days, failures } = data
  const signIns = sum(days.map((day) => day.signIns))
  const failed = sum(days.map((day) => day.failures))
  const reuses = sum(days.map((day) => day.reuses))
  const first = days[0]?.activeSessions ?? 0
  const last = days.at(-1)?.activeSessions ?? 0
  const chart = text.activity.chart
  return (
    <>
      <DayChart
        title={words.sessions.title}
        legend={[words.sessions.legend(last)]}
        summary={words.sessions.summary(first, last)}
        bars={days.map(({ day, activeSessions }) => ({ day, up: activeSessions }))}
        tell={({ up }, day) => words.sessions.day(day, up)}
        columns={words.sessions.columns}
      />
      <DayChart
        title={words.signIns.title}
        legend={[chart.signIns(signIns), chart.failures(failed)]}
        summary={chart.summary(signIns, failed)}
        bars={days.map((day) => ({ day: day.day, up: day.signIns, down: day.failures }))}
        tell={({ up, down = 0 }, day) => chart.day(day, up, down)}
        columns={words.signIns.columns}
      />
      <section aria-labelledby="failures-title" className={`${page.card} ${classes.reasons}`}>
        <h2 id="failures-title" className={classes.head}>
          {words.failures}
        </h2>
        {failures.length === 0 ? (
          <p className={classes.meta}>{words.noFailures}</p>
        ) : (
          <ul>
            {failures.map(({ reason, count }) => (
              <li key={reason}>
                <span>{words.failureReason(reason)}</span> <span>{numbers.format(count)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <DayChart
        title={words.reuses.title}
        legend={[words.reuses.legend(reuses)]}
        summary={words.reuses.summary(reuses)}
        bars={days.map((day) => ({ day: day.day, up: day.reuses }))}
        tell={({ up }, day) => words.reuses.day(day, up)}
        columns={words.reuses.columns}
        tone="harm"
      />
    </>
  )
}
