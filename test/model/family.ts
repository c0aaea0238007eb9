/**
 * What refresh-token families do, as the transition table in the design says it: a reducer over plain values, written
 * without a look at the server's own. Times are milliseconds since the epoch.
 */
export type Policy = {
  accessTtl: number
  idleTtl: number
  absoluteTtl: number
  retryWindow: number
  reuseRevokes: 'user' | 'session'
}

export type Family = {
  userId: string
  generation: number
  rotatedAt: number
  idleExpiresAt: number
  absoluteExpiresAt: number
  tokenVersion: number
  authenticatedAt: number
  /** The reason, once it has ended for good. */
  revoked: string | null
}

/** `changes` counts how often the password was replaced. */
export type Owner = { tokenVersion: number; password: string; changes: number }

export type Families = { users: Readonly<Record<string, Owner>>; sessions: Readonly<Record<string, Family>> }

/** The rules and the moment at which an act takes place. */
export type Circumstances = { policy: Policy; now: number }

/** What is presented: `genuine` unless only its MAC is right. */
export type Presented = { sessionId: string; generation: number; genuine: boolean }

export type Outcome =
  | { kind: 'live'; sessionId: string; userId: string; generation: number; authenticatedAt: number }
  | { kind: 'ended'; why: 'unknown' | 'revoked' | 'expired' }
  | { kind: 'reused' }
  | { kind: 'alarm' }

type After<Value> = readonly [Families, Value]

const idsWhere = (families: Families, wanted: (family: Family, id: string) => boolean): string[] =>
  Object.entries(families.sessions)
    .filter(([id, family]) => wanted(family, id))
    .map(([id]) => id)

function revoked(families: Families, ids: readonly string[], reason: string): Families {
  const sessions = { ...families.sessions }
  for (const id of ids) {
    const family = sessions[id]
    if (family) sessions[id] = { ...family, revoked: family.revoked ?? reason }
  }
  return { ...families, sessions }
}

function versionBumped(families: Families, userId: string): Families {
  const user = families.users[userId]
  if (!user) return families
  return { ...families, users: { ...families.users, [userId]: { ...user, tokenVersion: user.tokenVersion + 1 } } }
}

const expired = (family: Family, now: number) => now >= family.idleExpiresAt || now >= family.absoluteExpiresAt

export const isLive = (family: Family, now: number) => family.revoked === null && !expired(family, now)

/** The transition table: a token is presented. */
export function present(families: Families, token: Presented, { policy, now }: Circumstances): After<Outcome> {
  const family = families.sessions[token.sessionId]
  if (!family) return [families, { kind: 'ended', why: 'unknown' }]
  const { userId, generation, authenticatedAt } = family
  if (family.revoked !== null || families.users[userId]?.tokenVersion !== family.tokenVersion)
    return [families, { kind: 'ended', why: 'revoked' }]
  if (expired(family, now)) return [families, { kind: 'ended', why: 'expired' }]

  if (token.generation > generation) return [families, { kind: 'alarm' }]
  if (token.generation <= generation - 2) {
    if (policy.reuseRevokes === 'session') return [revoked(families, [token.sessionId], 'reuse'), { kind: 'reused' }]
    const everything = idsWhere(families, (other) => other.userId === userId)
    return [revoked(versionBumped(families, userId), everything, 'reuse'), { kind: 'reused' }]
  }
  if (!token.genuine) return [families, { kind: 'alarm' }]
  const live = { kind: 'live', sessionId: token.sessionId, userId, authenticatedAt } as const
  if (token.generation === generation) {
    const idleExpiresAt = Math.min(now + policy.idleTtl, family.absoluteExpiresAt)
    const rotated = { ...family, generation: generation + 1, rotatedAt: now, idleExpiresAt }
    return [
      { ...families, sessions: { ...families.sessions, [token.sessionId]: rotated } },
      { ...live, generation: generation + 1 },
    ]
  }
  if (now - family.rotatedAt < policy.retryWindow) return [families, { ...live, generation }]
  return [revoked(families, [token.sessionId], 'reuse'), { kind: 'reused' }]
}

/** A user signs in on a device; `replaces` is the session that it held. */
export function open(
  families: Families,
  { userId, sessionId, replaces }: { userId: string; sessionId: string; replaces: string | null },
  { policy, now }: Circumstances,
): Families {
  const before = replaces ? revoked(families, [replaces], 'replaced') : families
  const family: Family = {
    userId,
    generation: 0,
    rotatedAt: now,
    idleExpiresAt: now + Math.min(policy.idleTtl, policy.absoluteTtl),
    absoluteExpiresAt: now + policy.absoluteTtl,
    tokenVersion: before.users[userId]?.tokenVersion ?? 0,
    authenticatedAt: now,
    revoked: null,
  }
  return { ...before, sessions: { ...before.sessions, [sessionId]: family } }
}

/** Ends one live session of the user; `false` when there is none. */
export function revokeOne(
  families: Families,
  { userId, sessionId, reason }: { userId: string; sessionId: string; reason: string },
  { now }: Circumstances,
): After<boolean> {
  const family = families.sessions[sessionId]
  if (family?.userId !== userId || !isLive(family, now)) return [families, false]
  return [revoked(families, [sessionId], reason), true]
}

/** Ends every live session of the user but one, and answers how many. */
export function revokeOthers(
  families: Families,
  { userId, sessionId, reason }: { userId: string; sessionId: string; reason: string },
  { now }: Circumstances,
): After<number> {
  const others = idsWhere(families, (family, id) => family.userId === userId && id !== sessionId && isLive(family, now))
  return [revoked(families, others, reason), others.length]
}

/** Ends every live session of the user and all that was issued to them. */
export function revokeAll(families: Families, userId: string, { now }: Circumstances): After<number> {
  const live = idsWhere(families, (family) => family.userId === userId && isLive(family, now))
  return [revoked(versionBumped(families, userId), live, 'revoked_all'), live.length]
}

type PasswordChange = { userId: string; sessionId: string; from: string; to: string; andSignOutOthers: boolean }

/** Replaces a password; `null` when it was another one. The session that asks lives on. */
export function changePassword(
  families: Families,
  { userId, sessionId, from, to, andSignOutOthers }: PasswordChange,
  circumstances: Circumstances,
): After<number | null> {
  const user = families.users[userId]
  if (user?.password !== from) return [families, null]
  const tokenVersion = user.tokenVersion + (andSignOutOthers ? 1 : 0)
  const own = families.sessions[sessionId]
  const proven =
    own && own.revoked === null ? { [sessionId]: { ...own, tokenVersion, authenticatedAt: circumstances.now } } : {}
  const kept = {
    users: { ...families.users, [userId]: { tokenVersion, password: to, changes: user.changes + 1 } },
    sessions: { ...families.sessions, ...proven },
  }
  if (!andSignOutOthers) return [kept, 0]
  return revokeOthers(kept, { userId, sessionId, reason: 'password_changed' }, circumstances)
}
