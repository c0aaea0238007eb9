import { useId } from 'react'
import { formatShortDay } from '../dates.ts'
import page from '../shell/page.module.css'
import { text } from '../text.ts'
import classes from './day-chart.module.css'

const heights = { up: 60, down: 30 }

/** One day of the reader's calendar, as "2026-10-03". */
interface Bar {
  day: string
  up: number
  down?: number
}

interface DayChartProps {
  title: string
  /** The sums of what rises and of what hangs, with their names; without the second, nothing hangs. */
  legend: readonly [up: string, down?: string]
  summary: string
  /** From the oldest day to today, none left out. */
  bars: readonly Bar[]
  tell: (bar: Bar, day: string) => string
  /** The heads of the table: the day, then one for each series. */
  columns: readonly string[]
  /** Rising bars that tell of harm look like it. */
  tone?: 'good' | 'harm'
}

/**
 * What happened on each day. What is good rises above the line and failures hang below it, so that nobody needs the colours to tell them apart. The sums
 * are in the heading, and the days in a table.
 */
export function DayChart({ title, legend, summary, bars, tell, columns, tone = 'good' }: DayChartProps) {
  const id = useId()
  const [up, down] = legend
  const hangs = down !== undefined
  const height = heights.up + (hangs ? heights.down : 0)
  const ratio = heights.up / heights.down
  const most = Math.max(1, ...bars.map((bar) => Math.max(bar.up, hangs ? (bar.down ?? 0) * ratio : 0)))
  const scale = heights.up / most
  const busy = bars.filter((bar) => bar.up + (bar.down ?? 0) > 0)
  const width = bars.length * 10
  return (
    <section aria-labelledby={id} className={`${page.section} ${page.card} ${classes.card}`}>
      <div className={classes.heading}>
        <h2 id={id} className={classes.title}>
          {title}
        </h2>
        <p className={classes.legend}>
          <span data-tone={tone}>{up}</span>
          {hangs && <span data-tone="harm">{down}</span>}
        </p>
      </div>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summary}
        className={classes.chart}
      >
        {bars.map((bar, index) => (
          <g key={bar.day}>
            <title>{tell(bar, formatShortDay(bar.day))}</title>
            <rect className={classes.ground} x={index * 10} width={10} y={0} height={height} />
            <rect
              className={classes.bar}
              data-tone={tone}
              x={index * 10 + 2}
              width={6}
              y={heights.up - bar.up * scale}
              height={bar.up * scale}
            />
            {hangs && (
              <rect
                className={classes.bar}
                data-tone="harm"
                x={index * 10 + 2}
                width={6}
                y={heights.up + 1}
                height={(bar.down ?? 0) * scale}
              />
            )}
          </g>
        ))}
        <line x1={0} x2={width} y1={heights.up} y2={heights.up} className={classes.line} />
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
                {columns.map((column) => (
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
                  <td>{bar.up}</td>
                  {hangs && <td>{bar.down}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  )
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
