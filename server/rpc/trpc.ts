import { initTRPC, type TRPCError } from '@trpc/server'
import type { Caller, Context, SessionCaller } from './context.ts'
import { type ErrorData, errorShape } from './error-shape.ts'
import { faultToRefusal } from './faults.ts'
import { allows, type Policy } from './policies.ts'
import { Refusal } from './refusal.ts'

/** Streams say something every ten seconds, so that proxies keep them open and clients notice when they are dead. */
const sse = { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 30_000 } }

/** Who may call a procedure, as the explorer says it and a test holds every procedure to. */
export type Access = 'public' | 'session' | 'fresh' | `policy:${Policy}` | `policy:${Policy} fresh`

const trpc = initTRPC
  .context<Context>()
  .meta<{ access: Access }>()
  .create({
    isDev: false,
    sse,
    errorFormatter: ({ error, ctx, path }) => errorShape(error, ctx?.origin.requestId ?? null, path),
  })

export const { router } = trpc

/**
 * What whoever looks for something that is not theirs runs into (ASVS 16.3.2, 16.3.3). Other refusals have events of their own, by what was wrong with a token, a
 * password or a limit.
 */
const loggedReasons = new Set<ErrorData['reason']>([
  'INVALID_INPUT',
  'LINK_NOT_ACCEPTED',
  'NOT_ALLOWED',
  'NOT_FOUND',
  'REAUTHENTICATION_REQUIRED',
])

/** The ids by which a caller is found in the log. */
function idsOf(caller: Caller): Record<string, string> {
  switch (caller.kind) {
    case 'session':
      return { userId: caller.userId, sessionId: caller.sessionId }
    case 'service':
      return { accountId: caller.accountId, keyId: caller.keyId }
    case 'anonymous':
    case 'unavailable':
      return {}
  }
}

/** Counts what went wrong, and logs who was refused what. Faults that pass by themselves become an answer that invites a retry; everything else stays unforeseen. */
function noted(error: TRPCError, { ctx, path }: { ctx: Context; path: string }): TRPCError {
  const refusal = error instanceof Refusal ? null : faultToRefusal(error.cause)
  const { reason } = errorShape(refusal ?? error, null).data
  ctx.services.metrics.requests.inc({ procedure: path, outcome: reason })
  if (loggedReasons.has(reason)) {
    const refused = { reason, procedure: path, ...idsOf(ctx.caller), ipAddress: ctx.origin.ipAddress }
    ctx.log.info({ event: 'call_refused', ...refused }, 'A call was refused')
  }
  return refusal ?? error
}

/** The same context, of whose caller more is known. */
const knowing = <C extends Caller>(ctx: Context, _caller: C) => ctx as Context & { caller: C }

/**
 * A procedure for those whom `admit` lets in, with the context that it answers. Every call is counted by procedure and outcome, and how long it took
 * (R23). One middleware and not two; a context that is already there is not passed on, since it would be copied.
 */
const procedureFor = <Admitted extends Context>(access: Access, admit: (ctx: Context) => Admitted | Refusal) =>
  trpc.procedure.meta({ access }).use(async ({ ctx, path, next }) => {
    const { requests, requestSeconds } = ctx.services.metrics
    const startedAt = performance.now()
    const admitted = admit(ctx)
    const result =
      admitted instanceof Refusal
        ? ({ ok: false, error: admitted } as const)
        : await next<Admitted>(admitted === ctx ? {} : { ctx: admitted })
    requestSeconds.observe({ procedure: path }, (performance.now() - startedAt) / 1000)
    if (!result.ok) throw noted(result.error, { ctx, path })
    requests.inc({ procedure: path, outcome: 'ok' })
    return result
  })

/** What anybody is told who is not signed in, or of whom it cannot be found out. */
const refusalOf = (caller: Extract<Caller, { kind: 'anonymous' | 'unavailable' }>): Refusal =>
  caller.kind === 'anonymous'
    ? new Refusal(caller.reason)
    : new Refusal('TEMPORARILY_UNAVAILABLE', { retryAfterSeconds: 1 })

/** Anybody may call. Credentials that cannot be checked are still no reason to fail. */
export const publicProcedure = procedureFor('public', (ctx) => ctx)

/** Only a signed-in session may call; `ctx.caller` is that session. */
export const sessionProcedure = procedureFor('session', (ctx) => {
  const { caller } = ctx
  switch (caller.kind) {
    case 'session':
      return knowing(ctx, caller)
    case 'service':
      return new Refusal('NOT_ALLOWED')
    case 'anonymous':
    case 'unavailable':
      return refusalOf(caller)
  }
})

/** How long a proof of who one is counts for what only its owner may do to an account (ASVS 7.5.1). */
const freshForSeconds = 10 * 60

/**
 * Only somebody who has proven who they are within the last ten minutes may call, however young or old the session is: whoever finds
 * an open browser cannot take the account over. `account.reauthenticate` renews the proof.
 */
export const freshProcedure = sessionProcedure.meta({ access: 'fresh' }).use(({ ctx, next }) => {
  requireFresh(ctx)
  return next()
})

function requireFresh({ caller, services }: { caller: SessionCaller; services: Context['services'] }): void {
  if (services.clock.now() / 1000 - caller.authenticatedAt > freshForSeconds)
    throw new Refusal('REAUTHENTICATION_REQUIRED')
}

/**
 * Only a session whose role has this policy may call. To everybody else who is signed in, and to programs, there is nothing here (404). Nobody in
 * particular is told to sign in, as everywhere: a session that has just ended must not look like a right that was taken away.
 */
export const policyProcedure = (policy: Policy) =>
  procedureFor(`policy:${policy}`, (ctx) => {
    const { caller } = ctx
    switch (caller.kind) {
      case 'session':
        return allows(caller.role, policy) ? knowing(ctx, caller) : new Refusal('NOT_FOUND')
      case 'service':
        return new Refusal('NOT_FOUND')
      case 'anonymous':
      case 'unavailable':
        return refusalOf(caller)
    }
  })

/** The same for acts: whoever has the policy must have proven who they are within the last ten minutes. What was done is logged as well. */
export const freshPolicyProcedure = (policy: Policy) =>
  policyProcedure(policy)
    .meta({ access: `policy:${policy} fresh` })
    .use(async ({ ctx, path, next }) => {
      requireFresh(ctx)
      const result = await next()
      const { userId, sessionId } = ctx.caller
      const acted = {
        event: 'administrator_acted',
        procedure: path,
        userId,
        sessionId,
        ipAddress: ctx.origin.ipAddress,
      }
      if (result.ok) ctx.log.info(acted, 'An administrator acted')
      return result
    })

/** Whoever may hear of everybody's revocations: service accounts with the scope `revocations:read`, and administrators. */
export const revocationsProcedure = procedureFor('policy:revocations:read', (ctx) => {
  const { caller } = ctx
  switch (caller.kind) {
    case 'service':
      return caller.scopes.includes('revocations:read')
        ? { ...ctx, listener: { ...caller, id: caller.keyId, ownerId: caller.accountId } }
        : new Refusal('NOT_ALLOWED')
    case 'session':
      return allows(caller.role, 'revocations:read')
        ? { ...ctx, listener: { ...caller, id: caller.sessionId, ownerId: caller.userId } }
        : new Refusal('NOT_ALLOWED')
    case 'anonymous':
    case 'unavailable':
      return refusalOf(caller)
  }
})

/**
 * For procedures that set or clear cookies when they are done: under a streamed batch the reply's head has left by then, and
 * the cookies would be lost in silence.
 */
export const settingCookies = trpc.middleware(({ ctx, next }) => {
  if (ctx.streamed)
    throw new Refusal('INVALID_INPUT', { fields: { 'trpc-accept': 'Call this without streaming: it sets cookies' } })
  return next()
})

/** For procedures that hash passwords, behind `input`, so that what is malformed waits for nothing. */
export const admitted = trpc.middleware(({ ctx, next }) => ctx.services.admission.run(() => next()))
