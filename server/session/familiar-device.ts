import { and, eq, ne, sql } from 'drizzle-orm'
import type { Queryable } from '../database/connect.ts'
import { sessions } from '../database/schema.ts'
import type { Device } from './open-session.ts'

/** Whether a session that was just opened looks like one before it: the same kind of device at the same address. Without any before it, nothing is new. */
export async function isUnfamiliar(
  transaction: Queryable,
  {
    userId,
    sessionId,
    device,
    ipAddress,
  }: { userId: string; sessionId: string; device: Device; ipAddress: string | null },
): Promise<boolean> {
  const others = and(eq(sessions.userId, userId), ne(sessions.id, sessionId))
  const [seen] = await transaction
    .select({
      any: sql<boolean>`count(*) > 0`,
      alike: sql<boolean>`coalesce(bool_or(
        ${sessions.deviceKind} = ${device.kind}
        and ${sessions.browser} is not distinct from ${device.browser}
        and ${sessions.os} is not distinct from ${device.os}
        and ${sessions.ipAddress} is not distinct from ${ipAddress}), false)`,
    })
    .from(sessions)
    .where(others)
  return Boolean(seen?.any) && !seen?.alike
}
