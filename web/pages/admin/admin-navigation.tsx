import { IconDevices2, IconGauge, IconKey, IconListDetails, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import navigation from '../../shell/navigation.module.css'
import { text } from '../../text.ts'
import { policiesQuery } from './access.ts'
import classes from './admin.module.css'

const places = [
  { to: '/admin', policy: 'overview:read', label: text.shell.overview, Icon: IconGauge },
  { to: '/admin/users', policy: 'users:read', label: text.shell.users, Icon: IconUsers },
  { to: '/admin/sessions', policy: 'sessions:read-any', label: text.shell.sessions, Icon: IconDevices2 },
  { to: '/admin/audit', policy: 'audit:read', label: text.shell.audit, Icon: IconListDetails },
  { to: '/admin/signing-keys', policy: 'keys:manage', label: text.shell.signingKeys, Icon: IconKey },
] as const

/** The pages that the person's policies open; nothing for whoever has none. */
export function AdminNavigation({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  const { data: policies = [] } = useQuery(policiesQuery)
  const open = places.filter(({ policy }) => policies.includes(policy))
  if (open.length === 0) return null
  return (
    <nav aria-label={text.shell.admin}>
      <p className={classes.navTitle} aria-hidden>
        {text.shell.admin}
      </p>
      <ul className={navigation.list}>
        {open.map(({ to, label, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={navigation.link}
              activeOptions={{ exact: to === '/admin', includeSearch: false }}
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
