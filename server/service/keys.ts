import { randomUUID } from 'node:crypto'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { serviceAccounts, serviceKeys, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { after } from '../database/time.ts'
import { hashServiceKey, newServiceKey } from '../token/service-key.ts'
import { mayOwn } from './accounts.ts'
import { isLiveKey } from './list-accounts.ts'

type NewKey = { ownerId: string; accountId: string; expiresInSeconds: number; origin: Origin }

/** Enough to bring in a new key before the old one goes. */
const keysAtOnce = 2

/** Adds a key to an account of the owner and answers its text, the only time that it is known. Run in a transaction. */
export async function addServiceKey(
  transaction: Queryable,
  clock: Clock,
  { ownerId, accountId, expiresInSeconds, origin }: NewKey,
): Promise<{ kind: 'added'; text: string } | { kind: 'notFound' } | { kind: 'tooMany' }> {
  const [account] = await transaction
    .select({ id: serviceAccounts.id })
    .from(serviceAccounts)
    .innerJoin(users, and(eq(users.id, serviceAccounts.ownerId), mayOwn))
    .where(
      and(eq(serviceAccounts.id, accountId), eq(serviceAccounts.ownerId, ownerId), isNull(serviceAccounts.removedAt)),
    )
    .for('update')
  if (!account) return { kind: 'notFound' }
  const live = and(eq(serviceKeys.accountId, accountId), isLiveKey(clock))
  if ((await transaction.$count(serviceKeys, live)) >= keysAtOnce) return { kind: 'tooMany' }
  const { text, key, hint } = newServiceKey(accountId)
  await transaction.insert(serviceKeys).values({
    id: randomUUID(),
    accountId,
    secretHash: hashServiceKey(key),
    hint,
    createdAt: clock.sql(),
    expiresAt: after(clock.sql(), expiresInSeconds),
  })
  await recordEvent(transaction, clock, origin, { userId: ownerId, kind: 'service_key_added' })
  return { kind: 'added', text }
}

/** Revokes a key of one of the owner's accounts; `false` when there is none of that id. Run in a transaction. */
export async function revokeServiceKey(
  transaction: Queryable,
  clock: Clock,
  { ownerId, keyId, origin }: { ownerId: string; keyId: string; origin: Origin },
): Promise<boolean> {
  const owned = transaction
    .select({ id: serviceAccounts.id })
    .from(serviceAccounts)
    .where(eq(serviceAccounts.ownerId, ownerId))
  const revoked = await transaction
    .update(serviceKeys)
    .set({ revokedAt: clock.sql() })
    .where(and(eq(serviceKeys.id, keyId), isNull(serviceKeys.revokedAt), inArray(serviceKeys.accountId, owned)))
    .returning({ id: serviceKeys.id })
  if (revoked.length === 0) return false
  await recordEvent(transaction, clock, origin, { userId: ownerId, kind: 'service_key_revoked' })
  return true
}
