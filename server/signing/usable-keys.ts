import { and, isNull, or, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { signingKeys } from '../database/schema.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { unwrapPrivateKey } from '../token/signing-key.ts'

/** How many keys are trusted now, and of how many our secrets open the private half. */
export async function usableKeys(
  queryable: Queryable,
  clock: Clock,
  secrets: DerivedSecrets,
): Promise<{ trusted: number; usable: number }> {
  const rows = await queryable
    .select({ id: signingKeys.id, wrapped: signingKeys.encryptedPrivateKey })
    .from(signingKeys)
    .where(
      and(
        isNull(signingKeys.revokedAt),
        or(isNull(signingKeys.trustedUntil), sql`${signingKeys.trustedUntil} > ${clock.sql()}`),
      ),
    )
  const usable = rows.filter(({ id, wrapped }) => unwrapPrivateKey(id, wrapped, secrets) !== null)
  return { trusted: rows.length, usable: usable.length }
}
