import { recordAudit } from '../database/audit-events.ts'
import { revokeAllSessions } from '../session/revoke-sessions.ts'
import { findUserByEmail } from '../user/find-user.ts'
import { setPassword } from '../user/set-password.ts'
import { actOf, nobody } from './acts.ts'
import type { Answer } from './answer.ts'
import { newPasswordHash } from './new-password.ts'
import { origin, type Workplace } from './workplace.ts'

/** `latchkey user reset-password ada@example.com`: a new password from standard input. Second factors stay as they are. */
export async function resetPassword(place: Workplace, email: string, { reason }: { reason?: string }): Promise<Answer> {
  const { database, clock } = place
  const user = await findUserByEmail(database.orm, email)
  if (!user) return nobody(email)
  const hashed = await newPasswordHash(place, [email, user.name])
  if (hashed.kind !== 'hashed') return hashed
  const { passwordHash } = hashed
  const userId = user.id
  const revoked = await database.orm.transaction(async (transaction) => {
    if (!(await setPassword(transaction, clock, { userId, passwordHash, origin }))) return null
    const target = { kind: 'user', id: userId } as const
    await recordAudit(transaction, clock, actOf(reason), { action: 'password_set', target })
    return revokeAllSessions(transaction, clock, { userId, sessionId: null, origin, reason: 'password_reset' })
  })
  if (!revoked) return nobody(email)
  const text = `${email} has the new password. ${revoked.length} devices were signed out.`
  return { kind: 'done', text, data: { userId, email, revokedCount: revoked.length } }
}
