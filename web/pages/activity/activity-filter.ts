/** What the address says of which events are shown; without it, all of them. */
export interface ActivityFilter {
  show?: Group | undefined
  days?: Period | undefined
}

/** The kinds of events that belong together in the eyes of a reader. */
export const groups = {
  'sign-ins': ['signed_in', 'signed_up', 'signed_out', 'reauthenticated'],
  failures: [
    'sign_in_failed',
    'second_factor_failed',
    'password_change_failed',
    'reauthentication_failed',
    'sign_ins_throttled',
  ],
  devices: ['session_revoked', 'sessions_revoked', 'session_renamed'],
  security: [
    'password_changed',
    'password_reset_requested',
    'password_reset',
    'email_confirmed',
    'email_change_requested',
    'email_changed',
    'name_changed',
    'role_changed',
    'token_reused',
    'late_retry',
  ],
  factors: [
    'authenticator_app_added',
    'authenticator_app_removed',
    'passkey_added',
    'passkey_removed',
    'recovery_codes_replaced',
    'recovery_code_used',
    'second_factors_reset',
  ],
  api: ['service_account_created', 'service_account_removed', 'service_key_added', 'service_key_revoked'],
} as const

export type Group = keyof typeof groups

/** How many days back, counted from now. */
export const periods = [1, 7, 28, 90] as const
export type Period = (typeof periods)[number]

export const groupNames = Object.keys(groups) as readonly string[] as readonly Group[]

/**
 * Reads the search of an address that anybody may have written. Answers every key: the router keeps what the address says for
 * a key that is left out.
 */
export function readFilter(search: Record<string, unknown>): ActivityFilter {
  return {
    show: groupNames.find((name) => name === search.show),
    days: periods.find((period) => period === Number(search.days)),
  }
}

/** The filter as the server takes it, with the period ending at `nowMs`. */
export function toKindsAndTime({ show, days }: ActivityFilter, nowMs: number): { kinds?: string[]; since?: string } {
  return {
    ...(show !== undefined && { kinds: [...groups[show]] }),
    ...(days !== undefined && { since: new Date(nowMs - days * 86_400_000).toISOString() }),
  }
}
