import { Outlet } from '@tanstack/react-router'
import classes from './entrance.module.css'
import { OfflineBanner } from './offline-banner.tsx'
import { ThemeMenu } from './theme-menu.tsx'
import { Wordmark } from './wordmark.tsx'

/** The frame of the pages for people who are not signed in. */
export function Entrance() {
  return (
    <>
      <OfflineBanner />
      <div className={classes.frame}>
        <header className={classes.header}>
          <ThemeMenu />
        </header>
        <main className={classes.main}>
          <div className={classes.brand}>
            <Wordmark />
          </div>
          <Outlet />
        </main>
      </div>
    </>
  )
}
