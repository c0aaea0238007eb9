import { IconDevices, IconHistory, IconShieldLock, IconTerminal2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { code } from '../page-code.ts'
import { text } from '../text.ts'
import type { User } from '../trpc.ts'
import classes from './navigation.module.css'

const places = [
  { to: '/', label: text.shell.devices, Icon: IconDevices },
  { to: '/security', label: text.shell.security, Icon: IconShieldLock },
  { to: '/activity', label: text.shell.activity, Icon: IconHistory },
  { to: '/api-access', label: text.shell.apiAccess, Icon: IconTerminal2 },
] as const

const AdminNavigation = lazy(
  code(() => import('../pages/admin/admin-navigation.tsx').then((module) => ({ default: module.AdminNavigation }))),
)

interface NavigationProps {
  user: User
  onNavigate?: () => void
}

export function Navigation({ user, onNavigate }: NavigationProps) {
  return (
    <>
      <Places onNavigate={onNavigate} />
      {user.role !== 'user' && (
        <Suspense fallback={null}>
          <AdminNavigation onNavigate={onNavigate} />
        </Suspense>
      )}
    </>
  )
}

/** The router marks the link of the page one is on with `aria-current="page"`. */
function Places({ onNavigate }: { onNavigate: (() => void) | undefined }) {
  return (
    <nav aria-label={text.shell.navigation}>
      <ul className={classes.list}>
        {places.map(({ to, label, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={classes.link}
              activeOptions={{ exact: true, includeSearch: false }}
              onClick={onNavigate}
            >
              <Icon size={20} stroke={1.7} aria-hidden />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
