import { text } from '../../text.ts'

const mostScopes = 10

/** How long a key lasts: the choices of a form. */
export const lifetimes = [30, 90, 180, 365].map((days) => ({ value: String(days), label: text.apiAccess.days(days) }))

/** "orders:read, orders:write" as a list without repetitions. */
export function readScopes(input: string): string[] {
  return [...new Set(input.split(/[\s,]+/).filter((scope) => scope !== ''))]
}

/** What is wrong with a list of scopes at a glance, or null. The server decides. */
export function scopesProblem(input: string): string | null {
  const scopes = readScopes(input)
  if (scopes.length === 0) return text.apiAccess.scopesNeeded
  if (scopes.length > mostScopes) return text.apiAccess.scopesTooMany(mostScopes)
  const unreadable = scopes.find((scope) => !/^[a-z0-9][a-z0-9:._-]{0,39}$/.test(scope))
  return unreadable === undefined ? null : text.apiAccess.scopeUnreadable(unreadable)
}
