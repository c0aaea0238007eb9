import { useSearch } from '@tanstack/react-router'
import { ChartSkeleton } from '../../chart/chart-skeleton.tsx'
import { Boundary } from '../../shell/boundary.tsx'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { ActivityFilters } from './activity-filters.tsx'
import { ActivityList } from './activity-list.tsx'
import { ActivitySkeleton } from './activity-skeleton.tsx'
import { SignInChart } from './sign-in-chart.tsx'

export function ActivityPage() {
  const filter = useSearch({ from: '/signed-in/activity' })
  return (
    <>
      <PageTitle title={text.activity.title} lead={text.activity.lead} />
      <Boundary fallback={<ChartSkeleton />}>
        <SignInChart />
      </Boundary>
      <ActivityFilters filter={filter} />
      <Boundary key={JSON.stringify(filter)} fallback={<ActivitySkeleton />}>
        <ActivityList filter={filter} />
      </Boundary>
    </>
  )
}
