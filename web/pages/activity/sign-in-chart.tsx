import { useSuspenseQuery } from '@tanstack/react-query'
import { DayChart, sum } from '../../chart/day-chart.tsx'
import { useNow } from '../../shell/now.ts'
import { text } from '../../text.ts'
import { signInsByDay } from './activity-query.ts'
import { everyDay } from './every-day.ts'

const days = 28
const words = text.activity.chart

/** Sign-ins and failures of the last four weeks. */
export function SignInChart() {
  const { data } = useSuspenseQuery(signInsByDay)
  const bars = everyDay(data, days, useNow(3_600_000))
  const signIns = sum(bars.map((bar) => bar.signIns))
  const failures = sum(bars.map((bar) => bar.failures))
  return (
    <DayChart
      title={words.title}
      legend={[words.signIns(signIns), words.failures(failures)]}
      summary={words.summary(signIns, failures)}
      bars={bars.map(({ day, ...bar }) => ({ day, up: bar.signIns, down: bar.failures }))}
      tell={({ up, down = 0 }, day) => words.day(day, up, down)}
      columns={words.columns}
    />
  )
}
