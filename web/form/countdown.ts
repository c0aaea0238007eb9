import { useState } from 'react'
import type { Failure } from '../failure.ts'
import { useNow } from '../shell/now.ts'

/** Counts down the pause that a TOO_MANY_ATTEMPTS asks for. */
export function useCountdown(): { secondsLeft: number; startFrom: (failure: Failure) => void } {
  const [until, setUntil] = useState(0)
  const now = useNow(1000)
  return {
    secondsLeft: Math.max(0, Math.ceil((until - now) / 1000)),
    startFrom: ({ retryAfterSeconds }) => {
      if (retryAfterSeconds !== null) setUntil(Date.now() + retryAfterSeconds * 1000)
    },
  }
}
