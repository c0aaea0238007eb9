import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { serviceAccounts, serviceKeys } from '../database/schema.ts'
import type { Origin } from '../database/security-events.ts'
import { addServiceKey } from './keys.ts'
import { isLiveKey } from './list-accounts.ts'

type Rotation = { accountId: string; expiresInSeconds: number; origin: Origin }

/**
 * Gives an account a new key beside its latest one, so that a program can change over without a gap; an older one is revoked. Whoever calls may act on any
 * account. Run in a transaction.
 */
export async function rotateServiceKey(
  transaction: Queryable,
  clock: Clock,
  { accountId, ...rotation }: Rotation,
): Promise<{ kind: 'rotated'; text: string; revoked: string[] } | { kind: 'notFound' }> {
  const [account] = await transaction
    .select({ ownerId: serviceAccounts.ownerId })
    .from(serviceAccounts)
    .where(and(eq(serviceAccounts.id, accountId), isNull(serviceAccounts.removedAt)))
    .for('update')
  if (!account) return { kind: 'notFound' }
  const live = await transaction
    .select({ id: serviceKeys.id })
    .from(serviceKeys)
    .where(and(eq(serviceKeys.accountId, accountId), isLiveKey(clock)))
    .orderBy(asc(serviceKeys.createdAt), asc(serviceKeys.id))
  const spare = live.slice(0, -1).map(({ id }) => id)
  const revoked = await transaction
    .update(serviceKeys)
    .set({ revokedAt: clock.sql() })
    .where(and(inArray(serviceKeys.id, spare), isNull(serviceKeys.revokedAt)))
    .returning({ id: serviceKeys.id })
  const added = await addServiceKey(transaction, clock, { ...rotation, accountId, ownerId: account.ownerId })
  if (added.kind !== 'added') return { kind: 'notFound' }
  return { kind: 'rotated', text: added.text, revoked: revoked.map(({ id }) => id) }
}
