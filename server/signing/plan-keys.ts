import { and, isNull, ne, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { type Database, type Queryable, rowsOf } from '../database/connect.ts'
import { signingKeys } from '../database/schema.ts'
import { after } from '../database/time.ts'
import { clockToleranceSeconds } from '../token/access-token.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { generateSigningKey, unwrapPrivateKey, wrapPrivateKey } from '../token/signing-key.ts'

export type KeyDependencies = { database: Database; clock: Clock; secrets: DerivedSecrets; config: Config }

/** The longest access token that any configuration allows. */
const longestTokenSeconds = 15 * 60
/** Any number, as long as every instance takes the same one. */
const advisoryLock = 7_305_883

/** Whoever waits for the lock asks with the time at which its transaction began: a key that another one has just made signs from a moment after that. */
const quickerSeconds = 30

/** Verifiers need time to fetch a key before it signs: a quarter of its life, a day at most. */
export const publicationLead = (ttlSeconds: number) => Math.min(ttlSeconds / 4, 86_400)

/**
 * Makes sure that a key signs now and that the next one is published in time. Instances take turns under an advisory
 * lock, and the second finds nothing left to do.
 */
export async function planKeys({ database, clock, secrets, config }: KeyDependencies): Promise<void> {
  const due = await planOf(database.orm, clock, config, secrets)
  if (!due) return
  const key = await generateSigningKey(config.signingAlgorithm)
  await database.orm.transaction(async (transaction) => {
    await lockKeys(transaction)
    const plan = await planOf(transaction, clock, config, secrets)
    if (plan) await publishKey(transaction, { clock, secrets }, { key, ...plan })
  })
}

/** Whatever publishes a key takes turns. */
export async function lockKeys(transaction: Queryable): Promise<void> {
  await transaction.execute(sql`select pg_advisory_xact_lock(${advisoryLock})`)
}

/** Publishes a key that begins to sign in so many seconds. Those before it are trusted until their last tokens have expired. */
export async function publishKey(
  transaction: Queryable,
  { clock, secrets }: Pick<KeyDependencies, 'clock' | 'secrets'>,
  { key, inSeconds }: { key: Awaited<ReturnType<typeof generateSigningKey>>; inSeconds: number },
): Promise<void> {
  const signsFrom = after(clock.sql(), inSeconds)
  await transaction.insert(signingKeys).values({
    id: key.id,
    algorithm: key.algorithm,
    publicKey: key.publicKey,
    encryptedPrivateKey: wrapPrivateKey(key.id, key.privateKey, secrets),
    createdAt: clock.sql(),
    signsFrom,
  })
  await transaction
    .update(signingKeys)
    .set({ trustedUntil: after(signsFrom, longestTokenSeconds + clockToleranceSeconds) })
    .where(and(ne(signingKeys.id, key.id), isNull(signingKeys.trustedUntil)))
}

/** In how many seconds a key that is to be created now must begin to sign; `null` when none is due. */
async function planOf(queryable: Queryable, clock: Clock, config: Config, secrets: DerivedSecrets) {
  const rows = await rowsOf<{ id: string; wrapped: Uint8Array; age: number }>(
    queryable,
    sql`
      select id, encrypted_private_key as wrapped, extract(epoch from ${clock.sql()} - signs_from)::float8 as age
      from ${signingKeys}
      where algorithm = ${config.signingAlgorithm} and revoked_at is null and (trusted_until is null or trusted_until > ${clock.sql()})
      order by signs_from desc`,
  )
  const usable = rows.filter((row) => unwrapPrivateKey(row.id, Buffer.from(row.wrapped), secrets))
  const current = usable.find((row) => row.age >= -quickerSeconds)
  if (!current) return { inSeconds: 0 }
  const hasNext = usable.some((row) => row.age < -quickerSeconds)
  const lead = publicationLead(config.signingKeyTtlSeconds)
  if (hasNext || current.age < config.signingKeyTtlSeconds - lead) return null
  return { inSeconds: Math.max(lead, config.signingKeyTtlSeconds - current.age) }
}
