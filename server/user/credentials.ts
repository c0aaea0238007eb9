import { and, eq, isNotNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { authenticatorApps, users } from '../database/schema.ts'
import { pendingEmail } from './email-address.ts'
import { listPasskeys, type Passkey } from './passkeys.ts'
import { countRecoveryCodes } from './recovery-codes.ts'

/** What a person signs in with, as they see it; never a secret. Dates are ISO 8601. */
export type Credentials = {
  passwordChangedAt: string
  authenticatorApp: { createdAt: string } | null
  passkeys: Passkey[]
  recoveryCodesLeft: number
  /** The address that the account moves to when both links have been used. */
  pendingEmail: string | null
}

export async function credentialsOf(queryable: Queryable, clock: Clock, userId: string): Promise<Credentials | null> {
  const [row] = await queryable
    .select({ passwordChangedAt: users.passwordChangedAt, confirmedAt: authenticatorApps.confirmedAt })
    .from(users)
    .leftJoin(authenticatorApps, and(eq(authenticatorApps.userId, users.id), isNotNull(authenticatorApps.confirmedAt)))
    .where(eq(users.id, userId))
  if (!row) return null
  return {
    passwordChangedAt: row.passwordChangedAt.toISOString(),
    authenticatorApp: row.confirmedAt ? { createdAt: row.confirmedAt.toISOString() } : null,
    passkeys: await listPasskeys(queryable, userId),
    recoveryCodesLeft: await countRecoveryCodes(queryable, userId),
    pendingEmail: await pendingEmail(queryable, clock, userId),
  }
}
