/** What addresses of the pages for administrators say. Anybody may have written them: what cannot be read is left out, and every key is answered. */

type Search = Record<string, unknown>

const oneOf = <Choice extends string | number>(choices: readonly Choice[], value: unknown): Choice | undefined =>
  choices.find((choice) => String(choice) === String(value))

const words = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  return String(value).trim().slice(0, 254) || undefined
}

export const userRoles = ['user', 'support', 'admin'] as const
export const userStatuses = ['active', 'suspended'] as const
export const userFactors = ['with', 'without'] as const

export interface UserSearch {
  search?: string | undefined
  role?: (typeof userRoles)[number] | undefined
  status?: (typeof userStatuses)[number] | undefined
  factor?: (typeof userFactors)[number] | undefined
}

export const readUserSearch = (search: Search): UserSearch => ({
  search: words(search.search),
  role: oneOf(userRoles, search.role),
  status: oneOf(userStatuses, search.status),
  factor: oneOf(userFactors, search.factor),
})

export const sessionKinds = ['desktop', 'mobile', 'tablet', 'app', 'unknown'] as const
export const sessionAges = [1, 7, 14, 28] as const

export interface SessionSearch {
  userId?: string | undefined
  email?: string | undefined
  network?: string | undefined
  kind?: (typeof sessionKinds)[number] | undefined
  browser?: string | undefined
  os?: string | undefined
  older?: (typeof sessionAges)[number] | undefined
  unused?: (typeof sessionAges)[number] | undefined
}

export const readSessionSearch = (search: Search): SessionSearch => ({
  userId: words(search.userId),
  email: words(search.email),
  network: words(search.network),
  kind: oneOf(sessionKinds, search.kind),
  browser: words(search.browser)?.slice(0, 60),
  os: words(search.os)?.slice(0, 60),
  older: oneOf(sessionAges, search.older),
  unused: oneOf(sessionAges, search.unused),
})

export const auditPeriods = [1, 7, 28, 90] as const

export interface AuditSearch {
  action?: string | undefined
  days?: (typeof auditPeriods)[number] | undefined
  by?: string | undefined
  on?: string | undefined
}

export const readAuditSearch = (search: Search): AuditSearch => ({
  action: words(search.action),
  days: oneOf(auditPeriods, search.days),
  by: words(search.by),
  on: words(search.on),
})
