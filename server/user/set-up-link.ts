import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { recordAudit } from '../database/audit-events.ts'
import type { Queryable } from '../database/connect.ts'
import { setUpLinks, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { after } from '../database/time.ts'
import { hashSingleUseSecret, newSingleUseToken, type SingleUseToken } from '../token/single-use-token.ts'
import { lockAdministrators } from './administrators.ts'

const linkSeconds = 24 * 60 * 60
/** Instances that are started together: the link that one of them has just printed is not taken away by the next. */
const sameStartSeconds = 60

const noAdministrator = sql`not exists (select 1 from ${users} where role = 'admin')`

/**
 * The token of a new link that makes the first administrator, in place of any earlier one; `null` when there is an administrator, or when
 * another instance of the same start has made one. It is told once, to whoever reads the output of the process. Run in a transaction.
 */
export async function offerSetUp(transaction: Queryable, clock: Clock): Promise<string | null> {
  await lockAdministrators(transaction)
  if ((await transaction.$count(users, eq(users.role, 'admin'))) > 0) return null
  const justMade = sql`${setUpLinks.createdAt} > ${after(clock.sql(), -sameStartSeconds)}`
  if ((await transaction.$count(setUpLinks, and(isNull(setUpLinks.usedAt), justMade))) > 0) return null
  await transaction.delete(setUpLinks)
  const { text, id, secretHash } = newSingleUseToken()
  const now = clock.sql()
  await transaction.insert(setUpLinks).values({ id, secretHash, createdAt: now, expiresAt: after(now, linkSeconds) })
  return text
}

/**
 * Makes a signed-in user the first administrator, once: `false` when the link is not good, or there is an administrator by now. The old
 * role stands in tokens that were issued: end their sessions in the same transaction.
 */
export async function redeemSetUpLink(
  transaction: Queryable,
  clock: Clock,
  { token, userId, origin }: { token: SingleUseToken; userId: string; origin: Origin },
): Promise<boolean> {
  await lockAdministrators(transaction)
  const used = await transaction
    .update(setUpLinks)
    .set({ usedAt: clock.sql() })
    .where(
      and(
        eq(setUpLinks.id, token.id),
        eq(setUpLinks.secretHash, hashSingleUseSecret(token.secret)),
        isNull(setUpLinks.usedAt),
        sql`${setUpLinks.expiresAt} > ${clock.sql()}`,
        noAdministrator,
        sql`exists (select 1 from ${users} where id = ${userId} and suspended_at is null)`,
      ),
    )
    .returning({ id: setUpLinks.id })
  if (used.length === 0) return false
  await transaction.update(users).set({ role: 'admin' }).where(eq(users.id, userId))
  await recordEvent(transaction, clock, origin, { userId, kind: 'role_changed', reason: 'admin' })
  await recordAudit(
    transaction,
    clock,
    { actor: { kind: 'user', userId, role: 'user', reach: [] }, origin, reason: null },
    { action: 'administrator_set_up', target: { kind: 'user', id: userId } },
  )
  return true
}
