import { and, eq, exists, isNotNull, isNull, or, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { authenticatorApps, passkeys, recoveryCodes, users } from '../database/schema.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { removeAuthenticatorApp, takeCode } from './authenticator-app.ts'
import { removePasskeys } from './passkeys.ts'
import { removeRecoveryCodes, takeRecoveryCode } from './recovery-codes.ts'

/** A code that somebody typed. */
export type TypedCode = { kind: 'authenticatorApp' | 'recoveryCode'; code: string }

/** What can complete a user's sign-in whose password was right; nothing means that the password is enough. Recovery codes stand in for the others, never alone. */
export async function secondFactorsOf(
  queryable: Queryable,
  userId: string,
): Promise<('authenticatorApp' | 'passkey' | 'recoveryCode')[]> {
  const [has] = await queryable
    .select({
      authenticatorApp: exists(
        queryable
          .select({ one: sql`1` })
          .from(authenticatorApps)
          .where(and(eq(authenticatorApps.userId, userId), isNotNull(authenticatorApps.confirmedAt))),
      ),
      passkey: exists(queryable.select({ one: sql`1` }).from(passkeys).where(eq(passkeys.userId, userId))),
      recoveryCode: exists(
        queryable
          .select({ one: sql`1` })
          .from(recoveryCodes)
          .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt))),
      ),
    })
    .from(users)
    .where(eq(users.id, userId))
  if (!has?.authenticatorApp && !has?.passkey) return []
  const order = ['authenticatorApp', 'passkey', 'recoveryCode'] as const
  return order.filter((factor) => has[factor])
}

/** Whether a user's sign-in asks for more than the password, as a condition on `users`. */
export function hasSecondFactor() {
  return or(
    sql`exists (select 1 from ${authenticatorApps} where user_id = ${users.id} and confirmed_at is not null)`,
    sql`exists (select 1 from ${passkeys} where user_id = ${users.id})`,
  )
}

/** Whether a code is right; it is spent by the answer. */
export async function takeTypedCode(
  queryable: Queryable,
  dependencies: { clock: Clock; secrets: DerivedSecrets },
  { userId, kind, code }: TypedCode & { userId: string },
): Promise<boolean> {
  return kind === 'authenticatorApp'
    ? takeCode(queryable, dependencies, { userId, code })
    : takeRecoveryCode(queryable, dependencies.clock, { userId, code })
}

/** Takes the recovery codes away once there is nothing left that they stand in for. */
export async function tidyRecoveryCodes(transaction: Queryable, userId: string): Promise<void> {
  if ((await secondFactorsOf(transaction, userId)).length === 0) await removeRecoveryCodes(transaction, userId)
}

/** Removes every second factor of a user, for somebody who has lost them all. Run in a transaction, and end the user's sessions. */
export async function removeSecondFactors(transaction: Queryable, userId: string): Promise<void> {
  await removeAuthenticatorApp(transaction, userId)
  await removePasskeys(transaction, userId)
  await removeRecoveryCodes(transaction, userId)
}
