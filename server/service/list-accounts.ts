import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { serviceAccounts, serviceKeys } from '../database/schema.ts'

/** A key as its owner sees it; never its secret or hash. Dates are ISO 8601. */
export type ServiceKeyView = {
  id: string
  /** The last characters of the key. */
  hint: string
  createdAt: string
  expiresAt: string
  lastUsedAt: string | null
}

/** A service account with its live keys, the oldest first. */
export type ServiceAccount = { id: string; name: string; scopes: string[]; createdAt: string; keys: ServiceKeyView[] }

/** A key that can be exchanged now. */
export const isLiveKey = (clock: Clock) =>
  and(isNull(serviceKeys.revokedAt), sql`${serviceKeys.expiresAt} > ${clock.sql()}`)

/** The service accounts of an owner, or the one of `accountId`, by the time they were created. */
export async function listServiceAccounts(
  queryable: Queryable,
  clock: Clock,
  { ownerId, accountId }: { ownerId: string; accountId?: string },
): Promise<ServiceAccount[]> {
  const rows = await queryable
    .select({ account: serviceAccounts, key: serviceKeys })
    .from(serviceAccounts)
    .leftJoin(serviceKeys, and(eq(serviceKeys.accountId, serviceAccounts.id), isLiveKey(clock)))
    .where(
      and(
        eq(serviceAccounts.ownerId, ownerId),
        isNull(serviceAccounts.removedAt),
        accountId === undefined ? undefined : eq(serviceAccounts.id, accountId),
      ),
    )
    .orderBy(serviceAccounts.createdAt, serviceAccounts.id, serviceKeys.createdAt, serviceKeys.id)
  const accounts = new Map<string, ServiceAccount>()
  for (const { account, key } of rows) {
    const { id, name, scopes, createdAt } = account
    const listed = accounts.get(id) ?? {
      id,
      name,
      scopes: scopes.split(' '),
      createdAt: createdAt.toISOString(),
      keys: [],
    }
    accounts.set(id, listed)
    if (key)
      listed.keys.push({
        id: key.id,
        hint: key.hint,
        createdAt: key.createdAt.toISOString(),
        expiresAt: key.expiresAt.toISOString(),
        lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
      })
  }
  return [...accounts.values()]
}
