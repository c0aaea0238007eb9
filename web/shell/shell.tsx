import { ActionIcon } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconMenu2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { text } from '../text.ts'
import type { User } from '../trpc.ts'
import { AccountMenu } from './account-menu.tsx'
import { Dialog } from './dialog.tsx'
import { Navigation } from './navigation.tsx'
import { OfflineBanner } from './offline-banner.tsx'
import classes from './shell.module.css'
import { ThemeMenu } from './theme-menu.tsx'
import { Wordmark } from './wordmark.tsx'

const mainId = 'main'

interface ShellProps {
  user: User
  children: ReactNode
}

/** The frame of the signed-in pages: header, navigation (a drawer on small screens) and the page itself. */
export function Shell({ user, children }: ShellProps) {
  const [drawerOpen, drawer] = useDisclosure(false)
  return (
    <>
      <a
        href={`#${mainId}`}
        className={classes.skip}
        onClick={(event) => {
          event.preventDefault()
          document.getElementById(mainId)?.focus()
        }}
      >
        {text.shell.skip}
      </a>
      <OfflineBanner />
      <header className={classes.header}>
        <div className={classes.bar}>
          <ActionIcon
            className={classes.burger}
            variant="subtle"
            color="gray"
            size={44}
            c="var(--ink)"
            aria-label={text.shell.openNavigation}
            aria-expanded={drawerOpen}
            onClick={drawer.open}
          >
            <IconMenu2 size={22} aria-hidden />
          </ActionIcon>
          <Link to="/" className={classes.home} aria-label={text.shell.home}>
            <Wordmark />
          </Link>
          <div className={classes.tools}>
            <ThemeMenu />
            <AccountMenu user={user} />
          </div>
        </div>
      </header>
      {drawerOpen && (
        <Dialog shape="drawer" title={<Wordmark />} onClose={drawer.close}>
          <Navigation user={user} onNavigate={drawer.close} />
        </Dialog>
      )}
      <div className={classes.body}>
        <div className={classes.sidebar}>
          <Navigation user={user} />
        </div>
        <main id={mainId} tabIndex={-1} className={classes.main}>
          {children}
        </main>
      </div>
    </>
  )
}
