import type { Clock } from './clock.ts'
import type { Act } from './database/audit-events.ts'
import type { Database } from './database/connect.ts'
import { revokeUnansweredKeys } from './service/revoke-unanswered-keys.ts'
import { revokeAllSessions } from './session/revoke-sessions.ts'
import type { ActOutcome } from './user/act-on-user.ts'
import { changeRole, type Role } from './user/change-role.ts'
import { findUserByEmail } from './user/find-user.ts'

/** No request caused it: an operator did, at the machine. */
const origin = { ipAddress: null, location: null, device: null, requestId: null }

/**
 * Gives a user a role, for an operator with access to the database. Every session of the user ends and the token version moves on,
 * since the old role stands in the tokens that were issued (R12); so do keys of service accounts that they may not answer for any more.
 */
export async function grantRole(
  { orm }: Database,
  clock: Clock,
  { email, role }: { email: string; role: Role },
): Promise<ActOutcome['kind']> {
  const act: Act = { actor: { kind: 'operator' }, origin, reason: null }
  return orm.transaction(async (transaction) => {
    const user = await findUserByEmail(transaction, email)
    if (!user) return 'unknownUser'
    const userId = user.id
    const change = await changeRole(transaction, clock, { userId, role, act })
    if (change.kind === 'done') {
      await revokeAllSessions(transaction, clock, { userId, sessionId: null, origin, reason: 'role_changed' })
      await revokeUnansweredKeys(transaction, clock, { ownerId: userId, origin })
    }
    return change.kind
  })
}
