import { useSuspenseQuery } from '@tanstack/react-query'
import { formatShortDay } from '../../dates.ts'
import { useNow } from '../../shell/now.ts'
import page from '../../shell/page.module.css'
import { text } from '../../text.ts'
import { signInsByDay } from './activity-query.ts'
import { everyDay } from './every-day.ts'
import classes from './sign-in-chart.module.css'

const days = 28
const heights = { up: 60, down: 30 }

/**
 * Sign-ins rise above the line and failures hang below it, so that nobody needs the colours to tell them apart. The sums are
 * in the heading, and the days in a table.
 */
export function SignInChart() {
  const { data } = useSuspenseQuery(signInsByDay)
  const bars = everyDay(data, days, useNow(3_600_000))
  const signIns = sum(bars.map((bar) => bar.signIns))
  const failures = sum(bars.map((bar) => bar.failures))
  const busy = bars.filter((bar) => bar.signIns + bar.failures > 0)
  const most = Math.max(1, ...bars.map((bar) => Math.max(bar.signIns, bar.failures * (heights.up / heights.down))))
  const scale = heights.up / most
  return (
    <section aria-labelledby="chart-title" className={`${page.section} ${page.card} ${classes.card}`}>
      <div className={classes.heading}>
        <h2 id="chart-title" className={classes.title}>
          {text.activity.chart.title}
        </h2>
        <p className={classes.legend}>
          <span data-series="sign-ins">{text.activity.chart.signIns(signIns)}</span>
          <span data-series="failures">{text.activity.chart.failures(failures)}</span>
        </p>
      </div>
      <svg
        viewBox={`0 0 ${days * 10} ${heights.up + heights.down}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.activity.chart.summary(signIns, failures)}
        className={classes.chart}
      >
        {bars.map(({ day, ...bar }, index) => (
          <g key={day}>
            <title>{text.activity.chart.day(formatShortDay(day), bar.signIns, bar.failures)}</title>
            <rect className={classes.ground} x={index * 10} width={10} y={0} height={heights.up + heights.down} />
            <rect
              className={classes.signIns}
              x={index * 10 + 2}
              width={6}
              y={heights.up - bar.signIns * scale}
              height={bar.signIns * scale}
            />
            <rect
              className={classes.failures}
              x={index * 10 + 2}
              width={6}
              y={heights.up + 1}
              height={bar.failures * scale}
            />
          </g>
        ))}
        <line x1={0} x2={days * 10} y1={heights.up} y2={heights.up} className={classes.line} />
      </svg>
      <p className={classes.axis} aria-hidden>
        <span>{formatShortDay(bars[0]?.day ?? '')}</span>
        <span>{text.today}</span>
      </p>
      {busy.length > 0 && (
        <details className={classes.table}>
          <summary>{text.activity.chart.asTable}</summary>
          <table>
            <thead>
              <tr>
                {text.activity.chart.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {busy.toReversed().map((bar) => (
                <tr key={bar.day}>
                  <th scope="row">{formatShortDay(bar.day)}</th>
                  <td>{bar.signIns}</td>
                  <td>{bar.failures}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
