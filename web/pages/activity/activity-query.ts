import { infiniteQueryOptions } from '@tanstack/react-query'
import { client, queryClient, trpc } from '../../trpc.ts'
import { type ActivityFilter, toKindsAndTime } from './activity-filter.ts'

const pageSize = 30
const chartDays = 28

/**
 * The events, page by page. Written out rather than taken from the tRPC proxy, whose infinite queries send a `direction`
 * that the procedure's strict input refuses.
 */
export const activityQuery = (filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: [...trpc.account.activity.queryKey(), 'pages', filter],
    queryFn: ({ pageParam }) =>
      client.account.activity.query({
        ...toKindsAndTime(filter, Date.now()),
        limit: pageSize,
        ...(pageParam !== null && { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Sign-ins and failures of the last four weeks, by the days of the reader's clock. */
export const signInsByDay = trpc.account.activityByDay.queryOptions({
  days: chartDays,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
})

export function prefetchActivity(filter: ActivityFilter): void {
  void queryClient.prefetchInfiniteQuery(activityQuery(filter))
  void queryClient.prefetchQuery(signInsByDay)
}
