import type { Clock } from './clock.ts'
import type { Database } from './database/connect.ts'
import { revokeAllSessions } from './session/revoke-sessions.ts'
import { changeRole, type Role, type RoleChange } from './user/change-role.ts'

/** No request caused it: an operator did, at the machine. */
const operator = { ipAddress: null, location: null, device: null, requestId: null }

/**
 * Gives a user a role, for an operator with access to the database. Every session of the user ends and the token version moves on,
 * since the old role stands in the tokens that were issued (R12).
 */
export async function grantRole(
  { orm }: Database,
  clock: Clock,
  { email, role }: { email: string; role: Role },
): Promise<RoleChange['kind']> {
  return orm.transaction(async (transaction) => {
    const change = await changeRole(transaction, clock, { email, role, origin: operator })
    if (change.kind !== 'changed') return change.kind
    const { userId } = change
    await revokeAllSessions(transaction, clock, { userId, sessionId: null, origin: operator, reason: 'role_changed' })
    return change.kind
  })
}
