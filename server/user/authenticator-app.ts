import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Queryable, rowsOf } from '../database/connect.ts'
import { authenticatorApps } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { seal, unseal } from '../token/sealing.ts'
import { newTotpSecret, totpStep, totpUri } from '../token/totp.ts'

type Dependencies = { clock: Clock; secrets: DerivedSecrets }

/** Starts to set an authenticator app up, in place of an earlier start; `null` when there is one in use. */
export async function beginAuthenticatorApp(
  queryable: Queryable,
  { clock, secrets }: Dependencies,
  { userId, email }: { userId: string; email: string },
): Promise<{ secret: string; uri: string } | null> {
  const secret = newTotpSecret()
  const fresh = { sealedSecret: seal(secret, userId, secrets), createdAt: clock.sql(), lastUsedStep: 0 }
  const begun = await queryable
    .insert(authenticatorApps)
    .values({ userId, ...fresh })
    .onConflictDoUpdate({
      target: authenticatorApps.userId,
      set: fresh,
      setWhere: isNull(authenticatorApps.confirmedAt),
    })
    .returning({ userId: authenticatorApps.userId })
  return begun.length > 0 ? { secret, uri: totpUri(secret, email) } : null
}

/**
 * Whether this is the code that the user's app shows now; it is spent by the answer (RFC 6238, 5.2), so that of two who present it
 * one succeeds. With `confirming`, an app that is being set up is in use from then on.
 */
export async function takeCode(
  queryable: Queryable,
  { clock, secrets }: Dependencies,
  { userId, code, confirming = false }: { userId: string; code: string; confirming?: boolean },
): Promise<boolean> {
  const stage = confirming ? isNull(authenticatorApps.confirmedAt) : isNotNull(authenticatorApps.confirmedAt)
  const [row] = await queryable
    .select({ sealed: authenticatorApps.sealedSecret, now: milliseconds(clock.sql()) })
    .from(authenticatorApps)
    .where(and(eq(authenticatorApps.userId, userId), stage))
  const secret = row ? unseal(row.sealed, userId, secrets) : null
  const step = row && secret ? totpStep(secret, code, row.now) : null
  if (!row || step === null) return false
  const used = await queryable
    .update(authenticatorApps)
    .set({ lastUsedStep: step, ...(confirming && { confirmedAt: clock.sql() }) })
    .where(
      and(
        eq(authenticatorApps.userId, userId),
        stage,
        // The app that the code was checked against, and not one that was set up meanwhile.
        eq(authenticatorApps.sealedSecret, row.sealed),
        lt(authenticatorApps.lastUsedStep, step),
      ),
    )
    .returning({ userId: authenticatorApps.userId })
  return used.length > 0
}

/** Removes the user's app; `false` when there is none in use. */
export async function removeAuthenticatorApp(queryable: Queryable, userId: string): Promise<boolean> {
  const removed = await queryable
    .delete(authenticatorApps)
    .where(and(eq(authenticatorApps.userId, userId), isNotNull(authenticatorApps.confirmedAt)))
    .returning({ userId: authenticatorApps.userId })
  return removed.length > 0
}

/** Seals secrets that an older entry of `SECRET` sealed under the newest, so that the older one can be dropped. Answers how many. */
export async function sealAgain(queryable: Queryable, secrets: DerivedSecrets): Promise<number> {
  const keyId = Buffer.alloc(4)
  keyId.writeUInt32BE(secrets.newest.keyId)
  let count = 0
  let last = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await rowsOf<{ userId: string; sealed: Uint8Array }>(
      queryable,
      sql`
        select user_id as "userId", sealed_secret as sealed from ${authenticatorApps}
        where substring(sealed_secret from 1 for 4) <> ${keyId} and user_id > ${last} order by user_id limit 500`,
    )
    for (const { userId, sealed } of rows) {
      last = userId
      const before = Buffer.from(sealed)
      const secret = unseal(before, userId, secrets)
      if (secret === null) continue
      await queryable
        .update(authenticatorApps)
        .set({ sealedSecret: seal(secret, userId, secrets) })
        .where(and(eq(authenticatorApps.userId, userId), eq(authenticatorApps.sealedSecret, before)))
      count++
    }
    if (rows.length === 0) return count
  }
}
