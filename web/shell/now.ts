import { useCallback, useSyncExternalStore } from 'react'

/** The time in milliseconds, rounded up to a multiple of `everyMs`; the component renders again when that changes. */
export function useNow(everyMs: number): number {
  const subscribe = useCallback(
    (changed: () => void) => {
      const timer = setInterval(changed, everyMs)
      return () => clearInterval(timer)
    },
    [everyMs],
  )
  return useSyncExternalStore(subscribe, () => Math.ceil(Date.now() / everyMs) * everyMs)
}
