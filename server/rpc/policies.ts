import { type Role, roles } from '../user/change-role.ts'

/** What somebody may be allowed to do beyond their own account. */
const everyPolicy = [
  'overview:read',
  'users:read',
  'users:suspend',
  'users:role',
  'users:reset-second-factor',
  'users:send-reset',
  'users:lift-limits',
  'sessions:read-any',
  'sessions:revoke-any',
  'keys:manage',
  'audit:read',
  'revocations:read',
] as const
export type Policy = (typeof everyPolicy)[number]

/** Who may do what. A role that is missing here, as one of a newer release would be, may do nothing. */
const granted: Record<Role, readonly Policy[]> = {
  user: [],
  support: [
    'overview:read',
    'users:read',
    'users:suspend',
    'users:send-reset',
    'users:lift-limits',
    'sessions:read-any',
    'sessions:revoke-any',
  ],
  admin: everyPolicy,
}

/** Whom a role may act on: support acts on users, and on nobody who could act on support. */
const reach: Record<Role, readonly Role[]> = { user: [], support: ['user'], admin: roles }

const known = (role: string): Role => roles.find((name) => name === role) ?? 'user'

export const policiesOf = (role: string): readonly Policy[] => granted[known(role)]

export const allows = (role: string, policy: Policy): boolean => policiesOf(role).includes(policy)

export const reachOf = (role: string): readonly Role[] => reach[known(role)]

/** Whether a caller may act on this user at all. Acts ask the same again in their statements, of the rows as they are then. */
export function mayActOn(caller: { userId: string; role: string }, user: { id: string; role: string }): boolean {
  return caller.userId !== user.id && reachOf(caller.role).some((role) => role === user.role)
}
