import { and, eq, exists, inArray, isNull, not } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { serviceAccounts, serviceKeys, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { mayOwn } from './accounts.ts'

/**
 * Revokes every key of an owner who may not answer for service accounts any more, and answers their ids; nothing for one who may. The keys stay
 * revoked when the owner may again: their tokens are refused by the ids of keys, and whoever comes back gets new ones. Run in the transaction
 * that suspends or demotes the owner, after it.
 */
export async function revokeUnansweredKeys(
  transaction: Queryable,
  clock: Clock,
  { ownerId, origin }: { ownerId: string; origin: Origin },
): Promise<string[]> {
  const owned = transaction
    .select({ id: serviceAccounts.id })
    .from(serviceAccounts)
    .where(eq(serviceAccounts.ownerId, ownerId))
  const answering = transaction
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, ownerId), mayOwn))
  const revoked = await transaction
    .update(serviceKeys)
    .set({ revokedAt: clock.sql() })
    .where(and(isNull(serviceKeys.revokedAt), inArray(serviceKeys.accountId, owned), not(exists(answering))))
    .returning({ id: serviceKeys.id })
  if (revoked.length > 0)
    await recordEvent(transaction, clock, origin, { userId: ownerId, kind: 'service_key_revoked' })
  return revoked.map(({ id }) => id)
}
