import { randomUUID } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Queryable } from '../database/connect.ts'
import { sessions, users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { after } from '../database/time.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { encodeRefreshToken, firstSecret, freshSalt, hashSecret } from '../token/refresh-token.ts'
import { type Bearer, bearerColumns } from './bearer.ts'

/** What a person recognises of a device. */
export type Device = {
  kind: 'desktop' | 'mobile' | 'tablet' | 'app' | 'unknown'
  browser: string | null
  os: string | null
}

type NewSession = {
  userId: string
  /** As it was when the password was checked: a bump since then means that the proof no longer counts. */
  tokenVersion: number
  amr: readonly string[]
  device: Device
  deviceName: string | null
  origin: Origin
  /** The session that this browser holds already, if any: signing in replaces it. */
  replaces: string | null
}

export type Opened =
  | { kind: 'opened'; bearer: Bearer; refreshToken: string; replaced: string[] }
  | { kind: 'userChanged' }

/**
 * Opens a session of a user who has just proven who they are. Run it in a transaction: the user's row is locked against a
 * token-version bump, so that no session is opened beside a sign-out-everywhere.
 */
export async function openSession(
  transaction: Queryable,
  { clock, config, secrets }: { clock: Clock; config: Config; secrets: DerivedSecrets },
  { userId, tokenVersion, amr, device, deviceName, origin, replaces }: NewSession,
): Promise<Opened> {
  const [user] = await transaction
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.tokenVersion, tokenVersion), isNull(users.suspendedAt)))
    .for('share')
  if (!user) return { kind: 'userChanged' }

  const now = clock.sql()
  const replaced = replaces
    ? await transaction
        .update(sessions)
        .set({ revokedAt: now, revokedReason: 'replaced' })
        .where(and(eq(sessions.id, replaces), isNull(sessions.revokedAt)))
        .returning({ id: sessions.id })
    : []

  const sessionId = randomUUID()
  const secret = firstSecret()
  const absoluteExpiresAt = after(now, config.sessionAbsoluteTtlSeconds)
  await transaction.insert(sessions).values({
    id: sessionId,
    userId,
    tokenVersion,
    secretHash: hashSecret(secret),
    salt: freshSalt(),
    keyId: secrets.newest.keyId,
    rotatedAt: now,
    idleExpiresAt: sql`least(${after(now, config.sessionIdleTtlSeconds)}, ${absoluteExpiresAt})`,
    absoluteExpiresAt,
    createdAt: now,
    lastActiveAt: now,
    authenticatedAt: now,
    amr: amr.join(' '),
    name: deviceName,
    deviceKind: device.kind,
    browser: device.browser,
    os: device.os,
    firstIpAddress: origin.ipAddress,
    ipAddress: origin.ipAddress,
    location: origin.location,
  })
  await recordEvent(transaction, clock, origin, { userId, sessionId, kind: 'signed_in' })
  const [bearer] = await transaction
    .select(bearerColumns(clock))
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId)))
  if (!bearer) return { kind: 'userChanged' }
  return {
    kind: 'opened',
    bearer,
    refreshToken: encodeRefreshToken({ sessionId, generation: 0, secret }, secrets.newest),
    replaced: replaced.map(({ id }) => id),
  }
}
