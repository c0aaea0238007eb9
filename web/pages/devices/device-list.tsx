import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { code } from '../../page-code.ts'
import page from '../../shell/page.module.css'
import { ShowMore } from '../../shell/show-more.tsx'
import { text } from '../../text.ts'
import { type Session, trpc } from '../../trpc.ts'
import classes from './device-list.module.css'
import { DeviceSection } from './device-section.tsx'
import { useFocusMoves } from './focus-moves.ts'
import { sessionsQuery } from './sessions-query.ts'
import { SignOutOthers } from './sign-out-others.tsx'
import { useSteadyRows } from './steady-rows.ts'
import { ThisDevice } from './this-device.tsx'

const UnrecognisedDialog = lazy(
  code(() => import('./unrecognised-dialog.tsx').then((module) => ({ default: module.UnrecognisedDialog }))),
)

export function DeviceList() {
  const pages = useSuspenseInfiniteQuery(sessionsQuery)
  const { data: count } = useSuspenseQuery(trpc.session.count.queryOptions())
  const [unrecognised, setUnrecognised] = useState<Session | null>(null)

  const sessions = pages.data.pages.flat()
  const current = sessions.find((session) => session.current)
  const { rows, area, release } = useSteadyRows(sessions.filter((session) => !session.current))
  const devices = rows.filter(({ session }) => session.device.kind !== 'app')
  const apps = rows.filter(({ session }) => session.device.kind === 'app')
  const currentIsApp = current?.device.kind === 'app'
  const focus = useFocusMoves([...devices, ...apps].map(({ session }) => session))

  function lose(session: Session) {
    focus.moveFrom(session)
    release(session.id)
  }

  function closeUnrecognised() {
    // The button that opened the dialog went with its row.
    if (!sessions.some(({ id }) => id === unrecognised?.id)) focus.moveToTitle()
    setUnrecognised(null)
  }

  const section = { onUnrecognised: setUnrecognised, onGone: lose }
  return (
    <>
      <SignOutOthers
        summary={text.devices.summary(count.devices, count.apps)}
        deviceCount={count.devices - (currentIsApp ? 0 : 1)}
        appCount={count.apps - (currentIsApp ? 1 : 0)}
        onGone={() => {
          focus.moveToTitle()
          release()
        }}
      />
      {current !== undefined && (
        <section aria-label={text.devices.thisDevice} className={`${page.card} ${classes.current}`}>
          <ThisDevice session={current} />
        </section>
      )}
      {rows.length === 0 && (
        <div className={classes.alone}>
          <p className={classes.onlyHere}>{text.devices.onlyHere}</p>
          <p>{text.devices.onlyHereMore}</p>
        </div>
      )}
      <div {...area}>
        <DeviceSection title={text.devices.others} rows={devices} {...section} />
        <DeviceSection title={text.devices.apps} rows={apps} {...section} />
      </div>
      {(pages.hasNextPage || pages.data.pages.length > 1) && (
        <ShowMore pages={pages} shown={text.devices.shown(sessions.length, count.devices + count.apps)} />
      )}
      {unrecognised !== null && (
        <Suspense fallback={null}>
          <UnrecognisedDialog session={unrecognised} onGone={() => lose(unrecognised)} onClose={closeUnrecognised} />
        </Suspense>
      )}
    </>
  )
}
