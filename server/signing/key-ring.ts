import type { KeyObject } from 'node:crypto'
import { and, eq, isNull, or, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import type { JWK } from 'jose'
import { DatabaseUnavailable } from '../database/faults.ts'
import { signingKeys } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'
import type { SigningKey, VerificationKey } from '../token/access-token.ts'
import { isSealedByNewest } from '../token/sealing.ts'
import { importKey, importPrivateKey, unwrapPrivateKey, wrapPrivateKey } from '../token/signing-key.ts'
import { type KeyDependencies, planKeys } from './plan-keys.ts'

/** The signing keys of this instance: those of the database, as of a few seconds ago at most. */
export type KeyRing = {
  /** Loads the keys, and creates the first one if there is none. */
  start(): Promise<void>
  stop(): Promise<void>
  /** The key that signs now. Throws `DatabaseUnavailable` while none can. */
  signingKey(): SigningKey
  /** Whether tokens of this key are still good; from memory. */
  trusts(keyId: string): boolean
  /** The key of that id; asks the database, but seldom, for one it has not seen. */
  verificationKey(keyId: string): Promise<VerificationKey | null>
  /** The public keys, for `/.well-known/jwks.json` (RFC 7517). */
  publicKeys(): JWK[]
}

const reloadMilliseconds = 5_000
/** However many tokens name unknown keys, the database is asked at most this often. */
const unknownKeyFloorMilliseconds = 1_000

type KnownKey = VerificationKey & {
  id: string
  publicJwk: JWK
  privateKey: KeyObject | null
  signsFrom: number
  trustedUntil: number
}

export function createKeyRing({ log, ...dependencies }: KeyDependencies & { log: FastifyBaseLogger }): KeyRing {
  const { database, clock, secrets } = dependencies
  let keys = new Map<string, KnownKey>()
  let loadedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function load(): Promise<void> {
    const rows = await database.orm
      .select({
        id: signingKeys.id,
        algorithm: signingKeys.algorithm,
        publicKey: signingKeys.publicKey,
        wrapped: signingKeys.encryptedPrivateKey,
        signsFrom: milliseconds(signingKeys.signsFrom),
        trustedUntil: milliseconds(signingKeys.trustedUntil),
      })
      .from(signingKeys)
      .where(
        and(
          isNull(signingKeys.revokedAt),
          or(isNull(signingKeys.trustedUntil), sql`${signingKeys.trustedUntil} > ${clock.sql()}`),
        ),
      )
    const loaded = new Map<string, KnownKey>()
    for (const row of rows) loaded.set(row.id, await knownKey(row))
    keys = loaded
    loadedAt = clock.elapsed()
  }

  async function knownKey(row: {
    id: string
    algorithm: string
    publicKey: unknown
    wrapped: Buffer
    signsFrom: number
    trustedUntil: number | null
  }): Promise<KnownKey> {
    const times = { signsFrom: row.signsFrom, trustedUntil: row.trustedUntil ?? Number.POSITIVE_INFINITY }
    const known = keys.get(row.id)
    if (known) return { ...known, ...times }
    const publicJwk = row.publicKey as JWK
    const privateJwk = unwrapPrivateKey(row.id, row.wrapped, secrets)
    if (!privateJwk)
      log.warn({ event: 'signing_key_unreadable', keyId: row.id }, 'No entry of SECRET opens this signing key')
    else if (!isSealedByNewest(row.wrapped, secrets)) await wrapAgain(row.id, row.wrapped, privateJwk)
    return {
      id: row.id,
      algorithm: row.algorithm,
      publicJwk,
      publicKey: await importKey(publicJwk, row.algorithm),
      privateKey: privateJwk && importPrivateKey(privateJwk),
      ...times,
    }
  }

  /** Moves a private key under the newest secret, so that the older one can be dropped later. */
  async function wrapAgain(id: string, wrapped: Buffer, privateKey: JWK): Promise<void> {
    await database.orm
      .update(signingKeys)
      .set({ encryptedPrivateKey: wrapPrivateKey(id, privateKey, secrets) })
      .where(and(eq(signingKeys.id, id), eq(signingKeys.encryptedPrivateKey, wrapped)))
  }

  function reload(): Promise<void> {
    loading ??= load().finally(() => {
      loading = null
    })
    return loading
  }

  async function renew(): Promise<void> {
    await planKeys(dependencies)
    await reload()
  }

  async function quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      log.warn({ event: 'signing_keys_not_loaded', err: error }, 'The signing keys could not be read')
    }
  }

  /** A revoked key bites at once. If it was the one that signs, the next one does not wait for its turn. */
  async function hear(): Promise<void> {
    await reload()
    if (!signer()) await renew()
  }

  async function maintain(): Promise<void> {
    await quietly(renew)
    if (!stopped) timer = setTimeout(() => void maintain(), reloadMilliseconds).unref()
  }

  const trusted = (key: KnownKey | undefined): key is KnownKey => key !== undefined && key.trustedUntil > clock.now()

  function signer(): SigningKey | null {
    const now = clock.now()
    const [key] = [...keys.values()]
      .filter((candidate) => candidate.privateKey && candidate.signsFrom <= now && trusted(candidate))
      .sort((one, other) => other.signsFrom - one.signsFrom)
    if (!key?.privateKey) return null
    return { id: key.id, algorithm: key.algorithm as SigningKey['algorithm'], privateKey: key.privateKey }
  }

  return {
    async start() {
      await renew()
      await database.listen(
        'latchkey_signing_keys',
        () => void quietly(hear),
        () => {},
      )
      timer = setTimeout(() => void maintain(), reloadMilliseconds).unref()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await loading?.catch(() => {})
    },
    signingKey() {
      const key = signer()
      // Revoked a moment ago: the next one is on its way from the database, and a retry finds it.
      if (!key) throw new DatabaseUnavailable(new Error('No signing key is usable'))
      return key
    },
    trusts: (keyId) => trusted(keys.get(keyId)),
    async verificationKey(keyId) {
      if (!keys.has(keyId) && clock.elapsed() - loadedAt >= unknownKeyFloorMilliseconds) await reload()
      const key = keys.get(keyId)
      return trusted(key) ? key : null
    },
    publicKeys: () => [...keys.values()].filter(trusted).map((key) => key.publicJwk),
  }
}
