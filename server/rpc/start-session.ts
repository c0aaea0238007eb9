import type { Queryable } from '../database/connect.ts'
import type { Bearer } from '../session/bearer.ts'
import { findSession, type Session } from '../session/list-sessions.ts'
import { openSession } from '../session/open-session.ts'
import { type AccessToken, mintAccessToken } from '../signing/mint-access-token.ts'
import type { Context } from './context.ts'
import { Refusal } from './refusal.ts'

type Proven = { userId: string; tokenVersion: number; deviceName: string | null }

export type Started = {
  session: Session
  bearer: Bearer
  accessToken: AccessToken
  refreshToken: string
  /** Sessions that this one takes the place of. */
  replaced: string[]
}

/** Opens a session for someone who has just proven who they are, in the caller's transaction. */
export async function startSession(
  transaction: Queryable,
  { services, caller, device, origin }: Context,
  { userId, tokenVersion, deviceName, replace }: Proven & { replace: boolean },
): Promise<Started> {
  const { clock, keyRing, config } = services
  const opened = await openSession(transaction, services, {
    userId,
    tokenVersion,
    amr: ['pwd'],
    device,
    deviceName,
    origin,
    replaces: replace && caller.kind === 'session' ? caller.sessionId : null,
  })
  // The account changed while its password was being checked; what was proven no longer holds.
  if (opened.kind === 'userChanged') throw new Refusal('INVALID_CREDENTIALS')
  const { bearer, refreshToken, replaced } = opened
  const { sessionId } = bearer
  const session = await findSession(transaction, clock, { userId, currentId: sessionId, sessionId })
  if (!session) throw new Error('A session that was just opened cannot be found')
  return { session, bearer, refreshToken, replaced, accessToken: await mintAccessToken(keyRing, config, bearer) }
}
