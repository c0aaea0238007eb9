import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { type Clock, iso } from '../clock.ts'
import { type Act, recordAudit } from '../database/audit-events.ts'
import type { Queryable } from '../database/connect.ts'
import { signingKeys } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'
import { generateSigningKey } from '../token/signing-key.ts'
import { type KeyDependencies, lockKeys, publicationLead, publishKey } from './plan-keys.ts'

/** A signing key as administrators see it; never its private half. Dates are ISO 8601. */
export type ListedKey = {
  id: string
  algorithm: string
  /** `next` is published and does not sign yet, `trusted` signs no more, but its last tokens may be about. */
  state: 'next' | 'signing' | 'trusted' | 'revoked'
  createdAt: string
  signsFrom: string
  trustedUntil: string | null
  revokedAt: string | null
}

/** Every key that still matters, or did until lately, the newest first. */
export async function listKeys(queryable: Queryable, clock: Clock): Promise<ListedKey[]> {
  const rows = await queryable
    .select({
      id: signingKeys.id,
      algorithm: signingKeys.algorithm,
      createdAt: milliseconds(signingKeys.createdAt),
      signsFrom: milliseconds(signingKeys.signsFrom),
      trustedUntil: sql<number | null>`${milliseconds(signingKeys.trustedUntil)}`,
      revokedAt: sql<number | null>`${milliseconds(signingKeys.revokedAt)}`,
      now: milliseconds(clock.sql()),
    })
    .from(signingKeys)
    .orderBy(desc(signingKeys.signsFrom))
  const signer = rows.find(
    ({ revokedAt, signsFrom, trustedUntil, now }) =>
      revokedAt === null && signsFrom <= now && (trustedUntil === null || trustedUntil > now),
  )
  return rows.map((row) => ({
    id: row.id,
    algorithm: row.algorithm,
    state:
      row.revokedAt !== null
        ? 'revoked'
        : row.id === signer?.id
          ? 'signing'
          : row.signsFrom > row.now
            ? 'next'
            : 'trusted',
    createdAt: iso(row.createdAt),
    signsFrom: iso(row.signsFrom),
    trustedUntil: row.trustedUntil === null ? null : iso(row.trustedUntil),
    revokedAt: row.revokedAt === null ? null : iso(row.revokedAt),
  }))
}

/** Verifiers keep the published keys for five minutes; twice that, and all of them know the next one before it signs. */
const rotationLeadSeconds = 600

/** Publishes a key that signs soon, ahead of plan; `null` when one is about to already. Nobody is signed out. */
export async function rotateKeys(dependencies: KeyDependencies, act: Act): Promise<{ id: string } | null> {
  const { database, clock, secrets, config } = dependencies
  const lead = Math.min(rotationLeadSeconds, publicationLead(config.signingKeyTtlSeconds))
  const key = await generateSigningKey(config.signingAlgorithm)
  return database.orm.transaction(async (transaction) => {
    await lockKeys(transaction)
    const soon = sql`${signingKeys.signsFrom} > ${clock.sql()} and ${signingKeys.signsFrom} <= ${clock.sql()} + make_interval(secs => ${lead})`
    if ((await transaction.$count(signingKeys, and(isNull(signingKeys.revokedAt), soon))) > 0) return null
    await publishKey(transaction, { clock, secrets }, { key, inSeconds: lead })
    await recordAudit(transaction, clock, act, {
      action: 'signing_keys_rotated',
      target: { kind: 'signing_keys', id: null },
      details: { newKey: key.id },
    })
    return { id: key.id }
  })
}

/** Ends all trust in a key, and in every access token that it signed; refresh tokens do not depend on it. Run in a transaction. */
export async function revokeKey(
  transaction: Queryable,
  clock: Clock,
  { keyId, act }: { keyId: string; act: Act },
): Promise<boolean> {
  const revoked = await transaction
    .update(signingKeys)
    .set({ revokedAt: clock.sql() })
    .where(and(eq(signingKeys.id, keyId), isNull(signingKeys.revokedAt)))
    .returning({ id: signingKeys.id })
  if (revoked.length === 0) return false
  await recordAudit(transaction, clock, act, {
    action: 'signing_key_revoked',
    target: { kind: 'signing_key', id: keyId },
  })
  return true
}
