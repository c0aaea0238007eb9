import { z } from 'zod'
import { recordAudit } from '../database/audit-events.ts'
import { grantRole } from '../grant-role.ts'
import { type Role, roles } from '../user/change-role.ts'
import { findUserByEmail } from '../user/find-user.ts'
import { signUp } from '../user/sign-up.ts'
import { actOf } from './acts.ts'
import type { Answer } from './answer.ts'
import { newPasswordHash } from './new-password.ts'
import { origin, type Workplace } from './workplace.ts'

type NewUser = { email: string; name?: string; role?: string; verified?: boolean }

/** `latchkey user create ada@example.com`: for the first account of an installation, and for people who do not sign up themselves. */
export async function createUser(place: Workplace, { email, name, role = 'user', verified }: NewUser): Promise<Answer> {
  const { database, clock } = place
  const known = roles.find((one): one is Role => one === role)
  if (!known) return { kind: 'usage', text: `There is no role ${role}. Use one of: ${roles.join(', ')}.` }
  if (!z.email().max(254).safeParse(email).success) return { kind: 'usage', text: `${email} is no e-mail address.` }
  const taken: Answer = { kind: 'refused', text: `There is an account with the address ${email} already.` }
  if (await findUserByEmail(database.orm, email)) return taken
  const hashed = await newPasswordHash(place, [email, name])
  if (hashed.kind !== 'hashed') return hashed

  const signedUp = await database.orm.transaction(async (transaction) => {
    const { passwordHash } = hashed
    const outcome = await signUp(transaction, clock, {
      email,
      name: name ?? null,
      passwordHash,
      origin,
      emailVerified: Boolean(verified),
    })
    if (outcome.kind === 'signedUp') {
      const target = { kind: 'user', id: outcome.user.id } as const
      await recordAudit(transaction, clock, actOf(undefined), { action: 'user_created', target })
    }
    return outcome
  })
  if (signedUp.kind === 'emailTaken') return taken
  if (known !== 'user') await grantRole(database, clock, { email, role: known })
  const user = { ...signedUp.user, role: known }
  return { kind: 'done', text: `${user.email} has an account (${known}).`, data: { user } }
}
