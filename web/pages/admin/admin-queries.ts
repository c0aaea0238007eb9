import { infiniteQueryOptions } from '@tanstack/react-query'
import { text } from '../../text.ts'
import { client, trpc } from '../../trpc.ts'
import type { AuditSearch, SessionSearch, UserSearch } from './admin-search.ts'

const pageSize = 30

// Written out rather than taken from the tRPC proxy, whose infinite queries send a `direction` that strict inputs refuse.
const pages = {
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }: { nextCursor: string | null }) => nextCursor,
}
const from = (cursor: string | null) => (cursor === null ? {} : { cursor })

export const usersQuery = ({ search, role, status, factor }: UserSearch) =>
  infiniteQueryOptions({
    ...pages,
    queryKey: [...trpc.admin.users.queryKey(), 'pages', { search, role, status, factor }],
    queryFn: ({ pageParam }) =>
      client.admin.users.query({
        ...from(pageParam),
        limit: pageSize,
        ...(search !== undefined && { search }),
        ...(role !== undefined && { role }),
        ...(status !== undefined && { suspended: status === 'suspended' }),
        ...(factor !== undefined && { secondFactor: factor === 'with' }),
      }),
  })

/** The filter as the server takes it. */
export const sessionFilter = ({ older, unused, ...same }: SessionSearch) => ({
  ...Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined)),
  ...(older !== undefined && { olderThanDays: older }),
  ...(unused !== undefined && { inactiveForDays: unused }),
})

export const sessionsQuery = (search: SessionSearch) =>
  infiniteQueryOptions({
    ...pages,
    queryKey: [...trpc.admin.sessions.queryKey(), 'pages', search],
    queryFn: ({ pageParam }) =>
      client.admin.sessions.query({ ...from(pageParam), limit: pageSize, filter: sessionFilter(search) }),
  })

export const userActivityQuery = (userId: string) =>
  infiniteQueryOptions({
    ...pages,
    queryKey: [...trpc.admin.userActivity.queryKey(), 'pages', userId],
    queryFn: ({ pageParam }) => client.admin.userActivity.query({ ...from(pageParam), userId, limit: 15 }),
  })

export type KnownAction = keyof typeof text.admin.audit.actions

export const knownActions = Object.keys(text.admin.audit.actions) as readonly string[] as readonly KnownAction[]

export const auditQuery = ({ action, days, by, on }: AuditSearch) => {
  const known = knownActions.find((one) => one === action)
  return infiniteQueryOptions({
    ...pages,
    queryKey: [...trpc.admin.audit.queryKey(), 'pages', { known, days, by, on }],
    queryFn: ({ pageParam }) =>
      client.admin.audit.query({
        ...from(pageParam),
        limit: pageSize,
        ...(known !== undefined && { action: known }),
        ...(days !== undefined && { since: new Date(Date.now() - days * 86_400_000).toISOString() }),
        ...(by !== undefined && { actorId: by }),
        ...(on !== undefined && { targetId: on }),
      }),
  })
}

/** By the days of the reader's clock. */
export const seriesQuery = trpc.admin.series.queryOptions({
  days: 28,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
})
