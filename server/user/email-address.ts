import { and, eq, gt, isNotNull, isNull, ne } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Queryable } from '../database/connect.ts'
import { mailedLinks, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { queueMail } from '../mail/queue-mail.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import type { SingleUseToken } from '../token/single-use-token.ts'
import { circumstancesOf } from './circumstances.ts'
import { createLink, type LinkPurpose, takeLink, withdrawLinks } from './mailed-links.ts'
import { pageLink } from './page-link.ts'
import { normalizeEmail } from './user.ts'

type Dependencies = { clock: Clock; config: Config; secrets: DerivedSecrets }

const changing: readonly LinkPurpose[] = ['leave_email', 'take_email']

/** Mails a link that confirms the user's address; `false` when it has been confirmed. Run in a transaction. */
export async function requestConfirmation(
  transaction: Queryable,
  { clock, config, secrets }: Dependencies,
  userId: string,
): Promise<boolean> {
  const [user] = await transaction
    .select({ email: users.email })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.emailVerifiedAt)))
  if (!user) return false
  const token = await createLink(transaction, clock, { purpose: 'confirm_email', userId, email: user.email })
  const message = { kind: 'confirmEmail', link: pageLink(config, 'confirm-email', token) } as const
  await queueMail(transaction, { clock, secrets }, { to: user.email, message })
  return true
}

/**
 * Mails a link to the old address and one to the new; the change is made when both have been used. A new address that has an account is told
 * that instead, and the caller cannot tell. An earlier change that still waits is given up. Run in a transaction.
 */
export async function requestEmailChange(
  transaction: Queryable,
  dependencies: Dependencies,
  { userId, newEmail, origin }: { userId: string; newEmail: string; origin: Origin },
): Promise<{ kind: 'requested' } | { kind: 'unchanged' } | { kind: 'unknownUser' }> {
  const { clock, config } = dependencies
  const email = normalizeEmail(newEmail)
  const [user] = await transaction
    .select({ email: users.email })
    .from(users)
    .where(eq(users.id, userId))
    .for('no key update')
  if (!user) return { kind: 'unknownUser' }
  if (user.email === email) return { kind: 'unchanged' }
  await withdrawLinks(transaction, { userId, purposes: changing })
  const leave = await createLink(transaction, clock, { purpose: 'leave_email', userId, email })
  const leaveLink = pageLink(config, 'confirm-email', leave)
  await queueMail(transaction, dependencies, {
    to: user.email,
    message: { kind: 'leaveEmail', newEmail: email, link: leaveLink },
  })
  const taken = (await transaction.$count(users, eq(users.email, email))) > 0
  const take = await createLink(transaction, clock, { purpose: taken ? 'nothing' : 'take_email', userId, email })
  const message = taken
    ? ({ kind: 'accountExists', link: pageLink(config, 'sign-in') } as const)
    : ({ kind: 'takeEmail', link: pageLink(config, 'confirm-email', take) } as const)
  await queueMail(transaction, dependencies, { to: email, message })
  await recordEvent(transaction, clock, origin, { userId, kind: 'email_change_requested' })
  return { kind: 'requested' }
}

/** The address that a user is about to move to, while a link of the change still waits. */
export async function pendingEmail(queryable: Queryable, clock: Clock, userId: string): Promise<string | null> {
  const [link] = await queryable
    .select({ email: mailedLinks.email })
    .from(mailedLinks)
    .where(
      and(
        eq(mailedLinks.userId, userId),
        eq(mailedLinks.purpose, 'leave_email'),
        gt(mailedLinks.expiresAt, clock.sql()),
        isNull(mailedLinks.usedAt),
      ),
    )
  return link?.email ?? null
}

export type EmailConfirmed =
  | { kind: 'confirmed'; email: string }
  /** The link to the other address has yet to be used. */
  | { kind: 'waiting' }
  | { kind: 'refused' }

/** Uses a link of a confirmation or a change of address. Run in a transaction; a refusal must undo it. */
export async function confirmEmail(
  transaction: Queryable,
  dependencies: { clock: Clock; secrets: DerivedSecrets },
  { token, origin }: { token: SingleUseToken; origin: Origin },
): Promise<EmailConfirmed> {
  const { clock } = dependencies
  const link = await takeLink(transaction, clock, { token, purposes: ['confirm_email', ...changing] })
  if (!link?.userId || !link.email) return { kind: 'refused' }
  const { userId, email, purpose } = link
  // Both links used at the same moment take turns here, so that the second sees the first.
  const [user] = await transaction
    .select({ email: users.email })
    .from(users)
    .where(eq(users.id, userId))
    .for('no key update')
  if (!user) return { kind: 'refused' }
  const now = clock.sql()
  if (purpose === 'confirm_email') {
    const confirmed = await transaction
      .update(users)
      .set({ emailVerifiedAt: now })
      .where(and(eq(users.id, userId), eq(users.email, email)))
      .returning({ id: users.id })
    if (confirmed.length === 0) return { kind: 'refused' }
    await recordEvent(transaction, clock, origin, { userId, kind: 'email_confirmed' })
    return { kind: 'confirmed', email }
  }
  const other = purpose === 'leave_email' ? 'take_email' : 'leave_email'
  const bothUsed = await transaction.$count(
    mailedLinks,
    and(
      eq(mailedLinks.userId, userId),
      eq(mailedLinks.purpose, other),
      eq(mailedLinks.email, email),
      isNotNull(mailedLinks.usedAt),
      gt(mailedLinks.expiresAt, now),
    ),
  )
  if (bothUsed === 0) return { kind: 'waiting' }
  if ((await transaction.$count(users, and(eq(users.email, email), ne(users.id, userId)))) > 0)
    return { kind: 'refused' }
  await transaction.update(users).set({ email, emailVerifiedAt: now }).where(eq(users.id, userId))
  // What was mailed to the old address opens nothing any more.
  await withdrawLinks(transaction, { userId, purposes: ['reset_password', 'confirm_email'] })
  await transaction
    .delete(mailedLinks)
    .where(and(eq(mailedLinks.userId, userId), eq(mailedLinks.email, email), isNotNull(mailedLinks.usedAt)))
  await recordEvent(transaction, clock, origin, { userId, kind: 'email_changed' })
  const circumstances = circumstancesOf(origin, clock)
  await queueMail(transaction, dependencies, {
    to: user.email,
    message: { kind: 'emailChanged', newEmail: email, circumstances },
  })
  return { kind: 'confirmed', email }
}
