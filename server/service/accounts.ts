import { randomUUID } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { serviceAccounts, serviceKeys, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'

type NewAccount = { ownerId: string; name: string; scopes: readonly string[]; origin: Origin }

/** How many service accounts one owner may have. */
const limit = 100

/** Whether a user may answer for service accounts now: scopes reach beyond what is one's own, so an administrator must. */
export const mayOwn = and(eq(users.role, 'admin'), isNull(users.suspendedAt))

/** Creates a service account without a key, and answers its id. Run in a transaction. */
export async function createServiceAccount(
  transaction: Queryable,
  clock: Clock,
  { ownerId, name, scopes, origin }: NewAccount,
): Promise<{ kind: 'created'; accountId: string } | { kind: 'notAllowed' } | { kind: 'tooMany' }> {
  const [owner] = await transaction
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, ownerId), mayOwn))
    .for('update')
  if (!owner) return { kind: 'notAllowed' }
  const owned = and(eq(serviceAccounts.ownerId, ownerId), isNull(serviceAccounts.removedAt))
  if ((await transaction.$count(serviceAccounts, owned)) >= limit) return { kind: 'tooMany' }
  const accountId = randomUUID()
  await transaction
    .insert(serviceAccounts)
    .values({ id: accountId, ownerId, name, scopes: scopes.join(' '), createdAt: clock.sql() })
  await recordEvent(transaction, clock, origin, { userId: ownerId, kind: 'service_account_created' })
  return { kind: 'created', accountId }
}

/**
 * Removes a service account and revokes its keys; answers the ids of those, or `null` when the owner has no such account. Run
 * in a transaction.
 */
export async function removeServiceAccount(
  transaction: Queryable,
  clock: Clock,
  { ownerId, accountId, origin }: { ownerId: string; accountId: string; origin: Origin },
): Promise<string[] | null> {
  const [removed] = await transaction
    .update(serviceAccounts)
    .set({ removedAt: clock.sql() })
    .where(
      and(eq(serviceAccounts.id, accountId), eq(serviceAccounts.ownerId, ownerId), isNull(serviceAccounts.removedAt)),
    )
    .returning({ id: serviceAccounts.id })
  if (!removed) return null
  const revoked = await transaction
    .update(serviceKeys)
    .set({ revokedAt: clock.sql() })
    .where(and(eq(serviceKeys.accountId, accountId), isNull(serviceKeys.revokedAt)))
    .returning({ id: serviceKeys.id })
  await recordEvent(transaction, clock, origin, { userId: ownerId, kind: 'service_account_removed' })
  return revoked.map(({ id }) => id)
}
