import { useQueries } from '@tanstack/react-query'
import { deviceName } from '../../device/device-name.ts'
import { trpc } from '../../trpc.ts'

/** What the devices of recent events are called, by session id. Not waited for: without a name an event still reads well. */
export function useSessionNames(): ReadonlyMap<string, string> {
  const [list, ended] = useQueries({
    queries: [trpc.session.list.queryOptions({ limit: 100 }), trpc.session.ended.queryOptions()],
  })
  const sessions = [...(list.data ?? []), ...(ended.data ?? [])]
  return new Map(sessions.map((session) => [session.id, deviceName(session)]))
}
