import { useSuspenseQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { LiveDevices } from '../live/live-devices.tsx'
import { StepUp } from '../step-up/step-up.tsx'
import { trpc } from '../trpc.ts'
import { SessionEnded } from './session-ended.tsx'
import { Shell } from './shell.tsx'

/** The layout of every page that needs somebody signed in; it takes the page off the screen when the session ends. */
export function SignedIn() {
  const { data: current } = useSuspenseQuery(trpc.auth.current.queryOptions())
  if (current === null) return <SessionEnded />
  return (
    <Shell user={current.user}>
      <LiveDevices />
      <StepUp user={current.user} />
      <Outlet />
    </Shell>
  )
}
