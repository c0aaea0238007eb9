import { and, eq, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { serviceAccounts, serviceKeys, users } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'
import { hashServiceKey, type ServiceKey } from '../token/service-key.ts'
import { mayOwn } from './accounts.ts'
import { isLiveKey } from './list-accounts.ts'

/** What a good key stands for. Times are milliseconds since the epoch, by the database. */
export type ExchangedKey = { accountId: string; keyId: string; scopes: string[]; expiresAt: number; now: number }

/** Looks a key up and notes its use, in one statement; `null` for one that is unknown, revoked, expired, or whose owner no longer answers for it. */
export async function exchangeKey(queryable: Queryable, clock: Clock, key: ServiceKey): Promise<ExchangedKey | null> {
  const [row] = await queryable
    .update(serviceKeys)
    .set({ lastUsedAt: clock.sql() })
    .from(serviceAccounts)
    .innerJoin(users, eq(users.id, serviceAccounts.ownerId))
    .where(
      and(
        eq(serviceKeys.accountId, key.accountId),
        eq(serviceKeys.secretHash, hashServiceKey(key)),
        isLiveKey(clock),
        eq(serviceAccounts.id, serviceKeys.accountId),
        isNull(serviceAccounts.removedAt),
        mayOwn,
      ),
    )
    .returning({
      accountId: serviceKeys.accountId,
      keyId: serviceKeys.id,
      scopes: serviceAccounts.scopes,
      expiresAt: milliseconds(serviceKeys.expiresAt),
      now: milliseconds(clock.sql()),
    })
  return row ? { ...row, scopes: row.scopes.split(' ') } : null
}
