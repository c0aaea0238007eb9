import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Queryable } from '../database/connect.ts'
import { mailedLinks, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { queueMail } from '../mail/queue-mail.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { hashSingleUseSecret, type SingleUseToken } from '../token/single-use-token.ts'
import { createLink, takeLink, withdrawLinks } from './mailed-links.ts'
import { pageLink } from './page-link.ts'
import { normalizeEmail } from './user.ts'

type Dependencies = { clock: Clock; config: Config; secrets: DerivedSecrets }

/** Mails a link to whoever has this address; the same is written when nobody has. Run in a transaction. */
export async function requestPasswordReset(
  transaction: Queryable,
  { clock, config, secrets }: Dependencies,
  { email, origin }: { email: string; origin: Origin },
): Promise<void> {
  const address = normalizeEmail(email)
  const [user] = await transaction
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.email, address), isNull(users.suspendedAt)))
  const userId = user?.id ?? null
  const token = await createLink(transaction, clock, { purpose: user ? 'reset_password' : 'nothing', userId })
  const message = { kind: 'resetPassword', link: pageLink(config, 'reset-password', token) } as const
  await queueMail(transaction, { clock, secrets }, user ? { to: address, message } : null)
  await recordEvent(transaction, clock, origin, { userId, kind: 'password_reset_requested' })
}

/** Whom an unused link would give a new password, or `null`. Nothing is used up: the new password may still be refused. */
export async function findPasswordReset(queryable: Queryable, clock: Clock, { id, secret }: SingleUseToken) {
  const [found] = await queryable
    .select({ userId: users.id, email: users.email, name: users.name })
    .from(mailedLinks)
    .innerJoin(users, eq(users.id, mailedLinks.userId))
    .where(
      and(
        eq(mailedLinks.id, id),
        eq(mailedLinks.secretHash, hashSingleUseSecret(secret)),
        eq(mailedLinks.purpose, 'reset_password'),
        isNull(mailedLinks.usedAt),
        sql`${mailedLinks.expiresAt} > ${clock.sql()}`,
        isNull(users.suspendedAt),
      ),
    )
  return found ?? null
}

/**
 * Uses a link up and sets the password; `null` when somebody else used it first. Whoever reads the mailbox owns the address, which is thereby
 * confirmed. Run in a transaction, and end the user's sessions in it.
 */
export async function resetPassword(
  transaction: Queryable,
  clock: Clock,
  { token, passwordHash, origin }: { token: SingleUseToken; passwordHash: string; origin: Origin },
): Promise<{ userId: string; email: string } | null> {
  const link = await takeLink(transaction, clock, { token, purposes: ['reset_password'] })
  if (!link?.userId) return null
  const now = clock.sql()
  const [user] = await transaction
    .update(users)
    .set({ passwordHash, passwordChangedAt: now, emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, ${now})` })
    .where(and(eq(users.id, link.userId), isNull(users.suspendedAt)))
    .returning({ userId: users.id, email: users.email })
  if (!user) return null
  await withdrawLinks(transaction, { userId: user.userId, purposes: ['reset_password'] })
  await recordEvent(transaction, clock, origin, { userId: user.userId, kind: 'password_reset' })
  return user
}
