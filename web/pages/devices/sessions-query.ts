import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query'
import { client, queryClient, type Session, trpc } from '../../trpc.ts'

const pageSize = 20

/** The devices, page by page: this one first, the others by last activity. A page that is full may have one after it. */
export const sessionsQuery = infiniteQueryOptions({
  queryKey: [...trpc.session.list.queryKey(), 'pages'],
  queryFn: ({ pageParam }) =>
    client.session.list.query({ limit: pageSize, ...(pageParam !== null && { after: pageParam }) }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => (page.length < pageSize ? null : (page.at(-1)?.id ?? null)),
})

export function prefetchDevices(): void {
  void queryClient.prefetchInfiniteQuery(sessionsQuery)
  void queryClient.prefetchQuery(trpc.session.count.queryOptions())
  void queryClient.prefetchQuery(trpc.session.ended.queryOptions())
}

/** Puts what the server has just confirmed into the list on the screen, before the list is read again. */
export function updateSessions(update: (page: Session[]) => Session[]): void {
  queryClient.setQueryData<InfiniteData<Session[], string | null>>(
    sessionsQuery.queryKey,
    (data) => data && { ...data, pages: data.pages.map(update) },
  )
}
