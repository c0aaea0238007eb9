import {
  type Circumstances,
  changePassword,
  type Families,
  isLive,
  type Outcome,
  open,
  type Presented,
  present,
  revokeAll,
  revokeOne,
  revokeOthers,
} from './family.ts'
import { type Acts, atomically } from './linearize.ts'

/** What is asked of the server, in the words of the contract. */
export type Ask =
  | { procedure: 'auth.whoami' | 'auth.current' | 'session.list' | 'auth.refresh' | 'auth.signOut' }
  | { procedure: 'session.revoke'; sessionId: string }
  | { procedure: 'session.revokeOthers' | 'session.revokeAll' }
  | { procedure: 'account.changePassword'; from: string; to: string; andSignOutOthers: boolean }
  /** `opens` is the session that the reply named, if it did. */
  | { procedure: 'auth.signIn'; userId: string; password: string; opens: string | null }
  | { procedure: 'token.refresh' | 'token.revoke' }

export type AccessToken = { sessionId: string; userId: string; authenticatedAt: number; good: boolean }

/** What a request carries, read by the model's own eyes. In `token.*` the refresh token travels in the body. */
export type Carried = { access: AccessToken | null; refresh: (Presented & { text: string }) | null }

/** A reply, as far as it says something of families. A token is named `session:generation`. */
export type Reply = {
  status: number
  reason: string | null
  data: unknown
  cookies: 'untouched' | 'cleared' | { set: string }
}

/** The families, and what presents of a moment ago have come to, for those who share a flight with them. */
export type World = {
  families: Families
  flights: Readonly<Record<string, { outcome: Outcome; until: number }>>
}

export const worldOf = (families: Families): World => ({ families, flights: {} })

export type Request = {
  ask: Ask
  carried: Carried
  /** Which instance is asked: presents of one text at one instance at one time share one flight. */
  instance: number
  invoked: number
  responded: number
  circumstances: Circumstances
}

const endReasons = { unknown: 'NOT_SIGNED_IN', revoked: 'SESSION_REVOKED', expired: 'SESSION_EXPIRED' } as const
const statuses: Record<string, number> = { NOT_FOUND: 404, REAUTHENTICATION_REQUIRED: 403 }
const statusOf = (reason: string) => statuses[reason] ?? 401

/** What takes a proof of who one is that is at most ten minutes old; tokens tell the time in seconds. */
const takesFreshProof = ['session.revokeAll', 'account.changePassword']
const isFresh = ({ authenticatedAt }: Caller, { now }: Circumstances) =>
  now / 1000 - Math.floor(authenticatedAt / 1000) <= 600

const name = (token: { sessionId: string; generation: number }) => `${token.sessionId}:${token.generation}`

/** One act on the families alone. */
const act = <Answer>(change: (families: Families) => readonly [Families, Answer]) =>
  atomically<World, Answer>((world) => {
    const [families, answer] = change(world.families)
    return [[{ ...world, families }, answer]]
  })

const look = <Answer>(answer: (families: Families) => Answer) => act((families) => [families, answer(families)])

function* presented({ carried, instance, invoked, responded, circumstances }: Request) {
  const token = carried.refresh
  if (!token) return null
  const flight = `${instance} ${token.text}`
  return yield* atomically<World, Outcome>((world) => {
    const [families, outcome] = present(world.families, token, circumstances)
    const flights = inOrder({ ...world.flights, [flight]: { outcome, until: responded } })
    const alone = [{ families, flights }, outcome] as const
    const shared = world.flights[flight]
    if (!shared || invoked > shared.until || JSON.stringify(shared.outcome) === JSON.stringify(outcome)) return [alone]
    return [alone, [world, shared.outcome]]
  })
}

/** Keys in one order, so that equal states are written alike. */
const inOrder = <Value>(record: Record<string, Value>) => Object.fromEntries(Object.entries(record).sort())

type Caller = { sessionId: string; userId: string; authenticatedAt: number }
type Identity = {
  caller: Caller | null
  reason: string
  cookies: Reply['cookies']
  rotated: Extract<Outcome, { kind: 'live' }> | null
}

/** What presenting the refresh cookie makes of the caller and of the reply's cookies. */
function identityAfter(outcome: Outcome | null): Identity {
  const nobody = { caller: null, rotated: null }
  switch (outcome?.kind) {
    case undefined:
    case 'alarm':
      return { ...nobody, reason: 'NOT_SIGNED_IN', cookies: 'untouched' }
    case 'live':
      return { caller: outcome, reason: '', cookies: { set: name(outcome) }, rotated: outcome }
    case 'ended':
      return { ...nobody, reason: endReasons[outcome.why], cookies: 'cleared' }
    case 'reused':
      return { ...nobody, reason: 'REFRESH_TOKEN_REUSED', cookies: 'cleared' }
  }
}

/** What happens before any procedure: the access token counts if it is good, else the refresh token is presented. */
function* identify(request: Request): Acts<World, Identity> {
  const { access } = request.carried
  if (!access?.good) return identityAfter(yield* presented(request))
  const revoked = yield* look(({ sessions }) => sessions[access.sessionId]?.revoked ?? null)
  if (revoked !== null) return { caller: null, reason: 'SESSION_REVOKED', cookies: 'cleared', rotated: null }
  return { caller: access, reason: '', cookies: 'untouched', rotated: null }
}

/** A whole request, act by act. */
export function* replyTo(request: Request): Acts<World, Reply> {
  const { ask, circumstances } = request
  if (ask.procedure === 'token.refresh' || ask.procedure === 'token.revoke') return yield* byProgram(request)
  const { caller, reason, cookies, rotated } = yield* identify(request)
  const ok = (data: unknown, then = cookies): Reply => ({ status: 200, reason: null, data, cookies: then })
  const refused = (why: string, then = cookies): Reply => ({
    status: statusOf(why),
    reason: why,
    data: null,
    cookies: then,
  })
  const isOwnLive = (id: string) =>
    look((families) => {
      const family = families.sessions[id]
      return family !== undefined && isLive(family, circumstances.now)
    })

  if (ask.procedure === 'auth.current') {
    if (!caller) return ok(null)
    return ok((yield* isOwnLive(caller.sessionId)) ? caller.sessionId : null)
  }
  if (ask.procedure === 'auth.signOut') {
    if (!caller) return ok(false, 'cleared')
    const ended = yield* act((families) => revokeOne(families, { ...caller, reason: 'signed_out' }, circumstances))
    return ok(ended, 'cleared')
  }
  if (ask.procedure === 'auth.signIn') {
    const { userId, password, opens } = ask
    const proven = yield* look(({ users }) => {
      const user = users[userId]
      return user?.password === password ? user.tokenVersion : null
    })
    const opened =
      proven !== null &&
      (yield* act((families) => {
        if (families.users[userId]?.tokenVersion !== proven) return [families, false]
        const replaces = caller?.sessionId ?? null
        return [open(families, { userId, sessionId: opens ?? 'unseen', replaces }, circumstances), true]
      }))
    if (!opened || !opens) return refused('INVALID_CREDENTIALS')
    return ok(opens, { set: name({ sessionId: opens, generation: 0 }) })
  }

  if (!caller) return refused(reason)
  if (takesFreshProof.includes(ask.procedure) && !isFresh(caller, circumstances))
    return refused('REAUTHENTICATION_REQUIRED')
  const { userId, sessionId } = caller
  switch (ask.procedure) {
    case 'auth.whoami':
      return ok(sessionId)
    case 'session.list':
      return ok(
        yield* look(({ sessions }) =>
          Object.keys(sessions)
            .filter((id) => {
              const family = sessions[id]
              return family?.userId === userId && isLive(family, circumstances.now)
            })
            .sort(),
        ),
      )
    case 'auth.refresh': {
      const now = rotated ? { cookies, rotated, reason: '' } : identityAfter(yield* presented(request))
      const then = now.cookies === 'untouched' ? cookies : now.cookies
      if (!now.rotated) return refused(now.reason, then)
      const live = yield* isOwnLive(now.rotated.sessionId)
      return live ? ok(now.rotated.sessionId, then) : refused('SESSION_REVOKED', then)
    }
    case 'session.revoke': {
      const subject = { userId, sessionId: ask.sessionId, reason: 'revoked' }
      const ended = yield* act((families) => revokeOne(families, subject, circumstances))
      if (!ended) return refused('NOT_FOUND')
      return ok(1, ask.sessionId === sessionId ? 'cleared' : cookies)
    }
    case 'session.revokeOthers':
      return ok(
        yield* act((families) =>
          revokeOthers(families, { userId, sessionId, reason: 'revoked_others' }, circumstances),
        ),
      )
    case 'session.revokeAll':
      return ok(yield* act((families) => revokeAll(families, userId, circumstances)), 'cleared')
    case 'account.changePassword': {
      const change = { ...ask, userId, sessionId }
      const count = yield* act((families) => changePassword(families, change, circumstances))
      if (count === null) return refused('INVALID_CREDENTIALS')
      // One request rotates once; what it was given before stays good.
      if (rotated || !request.carried.refresh) return ok(count)
      const now = identityAfter(yield* presented(request))
      const then = now.cookies === 'untouched' ? cookies : now.cookies
      return now.rotated ? ok(count, then) : refused(now.reason, then)
    }
  }
}

/** The refresh token in the body: the same table, and never a cookie. */
function* byProgram(request: Request): Acts<World, Reply> {
  const { ask, circumstances } = request
  const outcome = yield* presented(request)
  const untouched = 'untouched' as const
  if (ask.procedure === 'token.revoke') {
    if (outcome?.kind === 'live')
      yield* act((families) => revokeOne(families, { ...outcome, reason: 'signed_out' }, circumstances))
    return { status: 200, reason: null, data: {}, cookies: untouched }
  }
  const { rotated, reason } = identityAfter(outcome)
  const refused = (why: string): Reply => ({ status: 401, reason: why, data: null, cookies: untouched })
  if (!rotated) return refused(reason)
  const live = yield* look(({ sessions }) => {
    const family = sessions[rotated.sessionId]
    return family !== undefined && isLive(family, circumstances.now)
  })
  return live ? { status: 200, reason: null, data: name(rotated), cookies: untouched } : refused('SESSION_REVOKED')
}
