import {
  IconAlertTriangle,
  IconDeviceMobile,
  IconDots,
  IconFingerprint,
  IconKey,
  IconLifebuoy,
  IconLogin2,
  IconLogout,
  IconMail,
  IconPencil,
  IconShieldExclamation,
  IconTerminal2,
  IconUserCheck,
  IconUserPlus,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { formatClock, formatMoment, formatMomentWithZone } from '../../dates.ts'
import { text } from '../../text.ts'
import type { SecurityEvent } from '../../trpc.ts'
import classes from './activity.module.css'

type Tone = 'plain' | 'good' | 'warning' | 'danger'

const looks: Record<string, { Icon: typeof IconDots; tone: Tone }> = {
  signed_up: { Icon: IconUserPlus, tone: 'good' },
  signed_in: { Icon: IconLogin2, tone: 'good' },
  sign_in_failed: { Icon: IconAlertTriangle, tone: 'warning' },
  signed_out: { Icon: IconLogout, tone: 'plain' },
  session_revoked: { Icon: IconLogout, tone: 'plain' },
  sessions_revoked: { Icon: IconLogout, tone: 'plain' },
  session_renamed: { Icon: IconPencil, tone: 'plain' },
  password_changed: { Icon: IconKey, tone: 'good' },
  password_change_failed: { Icon: IconAlertTriangle, tone: 'warning' },
  second_factor_failed: { Icon: IconAlertTriangle, tone: 'warning' },
  reauthenticated: { Icon: IconUserCheck, tone: 'good' },
  reauthentication_failed: { Icon: IconAlertTriangle, tone: 'warning' },
  sign_ins_throttled: { Icon: IconShieldExclamation, tone: 'danger' },
  password_reset_requested: { Icon: IconMail, tone: 'plain' },
  password_reset: { Icon: IconKey, tone: 'good' },
  email_confirmed: { Icon: IconMail, tone: 'good' },
  email_change_requested: { Icon: IconMail, tone: 'plain' },
  email_changed: { Icon: IconMail, tone: 'good' },
  name_changed: { Icon: IconPencil, tone: 'plain' },
  authenticator_app_added: { Icon: IconDeviceMobile, tone: 'good' },
  authenticator_app_removed: { Icon: IconDeviceMobile, tone: 'warning' },
  passkey_added: { Icon: IconFingerprint, tone: 'good' },
  passkey_removed: { Icon: IconFingerprint, tone: 'warning' },
  recovery_codes_replaced: { Icon: IconLifebuoy, tone: 'good' },
  recovery_code_used: { Icon: IconLifebuoy, tone: 'warning' },
  token_reused: { Icon: IconShieldExclamation, tone: 'danger' },
  late_retry: { Icon: IconShieldExclamation, tone: 'danger' },
  role_changed: { Icon: IconShieldExclamation, tone: 'warning' },
  suspended: { Icon: IconShieldExclamation, tone: 'danger' },
  restored: { Icon: IconShieldExclamation, tone: 'plain' },
  second_factors_reset: { Icon: IconShieldExclamation, tone: 'warning' },
  service_account_created: { Icon: IconTerminal2, tone: 'good' },
  service_account_removed: { Icon: IconTerminal2, tone: 'plain' },
  service_key_added: { Icon: IconKey, tone: 'good' },
  service_key_revoked: { Icon: IconKey, tone: 'plain' },
}
/** What somebody else may have done, if it wasn't the reader. */
const questionable = new Set([
  'signed_in',
  'sign_in_failed',
  'second_factor_failed',
  'password_change_failed',
  'reauthentication_failed',
  'password_reset_requested',
  'password_reset',
  'email_change_requested',
  'authenticator_app_removed',
  'passkey_added',
  'passkey_removed',
  'recovery_codes_replaced',
  'recovery_code_used',
])

const unknown = { Icon: IconDots, tone: 'plain' as const }

interface EventRowProps {
  event: SecurityEvent
  /** The name of the device that was acted on, where it is known. */
  subject: string | null
  /** Whether it happened in the session that is looking at it. */
  here: boolean
  /** Whether the day is told, where no heading tells it. */
  dated?: boolean
}

export function EventRow({ event, subject, here, dated = false }: EventRowProps) {
  const { Icon, tone } = looks[event.kind] ?? unknown
  const sentence = text.activity.event({ ...event, subject })
  return (
    <li className={classes.row}>
      <span className={classes.icon} data-tone={tone}>
        <Icon size={18} stroke={1.8} aria-hidden />
      </span>
      <div className={classes.what}>
        <p className={classes.sentence}>{sentence}</p>
        <p className={classes.facts}>
          {event.ipAddress !== null && <span className={classes.meta}>{event.ipAddress}</span>}
          {questionable.has(event.kind) && !here && (
            <Link
              to="/security"
              search={{ after: 'event' }}
              className={classes.question}
              aria-label={text.activity.wasThisYouFor(sentence)}
            >
              {text.activity.wasThisYou}
            </Link>
          )}
        </p>
      </div>
      <time className={classes.when} dateTime={event.createdAt} title={formatMomentWithZone(event.createdAt)}>
        {dated ? formatMoment(event.createdAt) : formatClock(event.createdAt)}
      </time>
    </li>
  )
}
