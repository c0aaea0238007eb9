import type { Queryable } from '../database/connect.ts'
import type { Bearer } from '../session/bearer.ts'
import { isUnfamiliar } from '../session/familiar-device.ts'
import { findSession, type Session } from '../session/list-sessions.ts'
import { openSession } from '../session/open-session.ts'
import { type AccessToken, mintAccessToken } from '../signing/mint-access-token.ts'
import { knownDeviceOf, newKnownDevice } from '../token/known-device.ts'
import type { User } from '../user/user.ts'
import { type Context, tokenPair } from './context.ts'
import { tellOwner } from './notices.ts'
import { Refusal } from './refusal.ts'

/** Somebody who has just proven who they are. */
export type Proven = {
  user: User
  tokenVersion: number
  /** By which methods (RFC 8176). */
  amr: readonly string[]
  deviceName: string | null
}

export type Started = {
  user: User
  session: Session
  bearer: Bearer
  accessToken: AccessToken
  refreshToken: string
  /** Sessions that this one takes the place of. */
  replaced: string[]
}

const isKnown = ({ cookies, services }: Context, { email }: User) =>
  cookies.known !== null && knownDeviceOf(cookies.known, email, services.secrets) !== null

/** Opens a session for someone who has just proven who they are, in the caller's transaction. A device never seen before is told to its owner. */
export async function startSession(
  transaction: Queryable,
  ctx: Context,
  { user, tokenVersion, amr, deviceName, replace }: Proven & { replace: boolean },
): Promise<Started> {
  const { services, caller, origin } = ctx
  const device = ctx.device()
  const { clock, keyRing, config } = services
  const userId = user.id
  const opened = await openSession(transaction, services, {
    userId,
    tokenVersion,
    amr,
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
  const { ipAddress } = origin
  if (!isKnown(ctx, user) && (await isUnfamiliar(transaction, { userId, sessionId, device, ipAddress })))
    await tellOwner(transaction, ctx, { to: user.email, notice: { kind: 'newDevice' } })
  return { user, session, bearer, refreshToken, replaced, accessToken: await mintAccessToken(keyRing, config, bearer) }
}

/** Hands a new session to the browser, after its transaction has been committed, and lets the browser know its owner again. */
export function deliver(ctx: Context, started: Started): { user: User; session: Session } {
  const { cookies, services } = ctx
  const { user, session, replaced } = started
  services.feed.add(replaced)
  logSignIn(ctx, started)
  cookies.set(tokenPair({ kind: 'live', ...started }))
  rememberBrowser(ctx, user)
  return { user, session }
}

/** Says in the log that somebody has signed in and by which methods, once it is committed (ASVS 16.3.1). */
export function logSignIn({ log, origin }: Context, { user, session }: Started): void {
  const { id: sessionId, amr } = session
  log.info({ event: 'signed_in', userId: user.id, sessionId, amr, ipAddress: origin.ipAddress }, 'Signed in')
}

/** From now on guesses made in this browser are counted apart from those of strangers. */
export function rememberBrowser(ctx: Context, user: User): void {
  const { cookies, services } = ctx
  const known = isKnown(ctx, user) ? cookies.known : null
  cookies.setKnown(known ?? newKnownDevice(user.email, services.secrets))
}
