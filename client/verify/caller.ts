/** Whom a verified access token speaks for. */
export type Caller =
  | {
      kind: 'session'
      userId: string
      sessionId: string
      role: string
      /** How the person proved who they are, RFC 8176. */
      amr: readonly string[]
      /** Seconds since the epoch. */
      authenticatedAt: number
      /** Seconds since the epoch. */
      expiresAt: number
    }
  | {
      kind: 'service'
      accountId: string
      keyId: string
      scopes: readonly string[]
      /** Seconds since the epoch. */
      expiresAt: number
    }

/** What a caller must have: a person one of `roles`, a program all of `scopes`. What is left out lets nobody of that kind through. */
export type Requirement = { roles?: readonly string[]; scopes?: readonly string[] }

/** Whether the caller meets the requirement. `{}` refuses everybody. */
export function permits(caller: Caller, { roles = [], scopes }: Requirement): boolean {
  if (caller.kind === 'session') return roles.includes(caller.role)
  return scopes?.every((scope) => caller.scopes.includes(scope)) ?? false
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 500
const isMoment = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.length <= 10 && value.every(isText)

/** The caller of a payload whose signature has been checked; `null` when a claim is missing or has the wrong shape. */
export function callerOf(claims: Record<string, unknown>): Caller | null {
  const { sub, sid, jti, exp: expiresAt, client_id, scope, role, amr, ver, auth_time: authenticatedAt } = claims
  if (!isText(sub) || !isText(sid) || !isText(jti) || !isMoment(expiresAt)) return null
  if (client_id !== undefined) {
    if (client_id !== sub || !isText(scope)) return null
    return { kind: 'service', accountId: sub, keyId: sid, scopes: scope.split(' '), expiresAt }
  }
  if (!isText(role) || !isTexts(amr) || !isMoment(ver) || !isMoment(authenticatedAt)) return null
  return { kind: 'session', userId: sub, sessionId: sid, role, amr, authenticatedAt, expiresAt }
}

/** What is revoked with the caller: the session, or the key. */
export const grantOf = (caller: Caller): string => (caller.kind === 'session' ? caller.sessionId : caller.keyId)
