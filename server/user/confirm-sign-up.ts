import { eq } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import type { Origin } from '../database/security-events.ts'
import { queueMail } from '../mail/queue-mail.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import type { SingleUseToken } from '../token/single-use-token.ts'
import { createLink, takeLink } from './mailed-links.ts'
import { pageLink } from './page-link.ts'
import { type NewUser, type SignedUp, signUp } from './sign-up.ts'
import { normalizeEmail } from './user.ts'

/**
 * Keeps a sign-up until its address is confirmed; an address that has an account is told so by mail, and the caller learns nothing. The
 * user is created by the link alone, so that nobody can occupy an address that is not theirs. Run in a transaction.
 */
export async function requestSignUp(
  transaction: Queryable,
  { clock, config, secrets }: { clock: Clock; config: Config; secrets: DerivedSecrets },
  { email, name, passwordHash }: Omit<NewUser, 'origin'>,
): Promise<void> {
  const address = normalizeEmail(email)
  const taken = (await transaction.$count(users, eq(users.email, address))) > 0
  const token = await createLink(
    transaction,
    clock,
    taken ? { purpose: 'nothing' } : { purpose: 'sign_up', email: address, name, passwordHash },
  )
  const message = taken
    ? ({ kind: 'accountExists', link: pageLink(config, 'sign-in') } as const)
    : ({ kind: 'confirmSignUp', link: pageLink(config, 'confirm-sign-up', token) } as const)
  await queueMail(transaction, { clock, secrets }, { to: address, message })
}

/** Creates the user that a link stands for; `null` for a link that is used or over. Run in a transaction. */
export async function confirmSignUp(
  transaction: Queryable,
  clock: Clock,
  { token, origin }: { token: SingleUseToken; origin: Origin },
): Promise<SignedUp | null> {
  const link = await takeLink(transaction, clock, { token, purposes: ['sign_up'] })
  if (!link?.email || !link.passwordHash) return null
  const { email, name, passwordHash } = link
  return signUp(transaction, clock, { email, name, passwordHash, origin, emailVerified: true })
}
