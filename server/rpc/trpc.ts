import { initTRPC } from '@trpc/server'
import type { Context, SessionCaller } from './context.ts'
import { errorShape } from './error-shape.ts'
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

/** Counts every call by procedure and outcome, and how long it took (R23). */
const counted = trpc.middleware(async ({ ctx, path, next }) => {
  const { requests, requestSeconds } = ctx.services.metrics
  const startedAt = performance.now()
  const result = await next()
  requestSeconds.observe({ procedure: path }, (performance.now() - startedAt) / 1000)
  requests.inc({ procedure: path, outcome: result.ok ? 'ok' : errorShape(result.error, null).data.reason })
  return result
})

/** Turns faults that pass by themselves into an answer that invites a retry; everything else stays unforeseen. */
const withFaults = trpc.middleware(async ({ next }) => {
  const result = await next()
  if (result.ok || result.error instanceof Refusal) return result
  const refusal = faultToRefusal(result.error.cause)
  if (refusal) throw refusal
  return result
})

/** Anybody may call. Credentials that cannot be checked are still no reason to fail. */
export const publicProcedure = trpc.procedure.use(counted).use(withFaults).meta({ access: 'public' })

/** Only a signed-in session may call; `ctx.caller` is that session. */
export const sessionProcedure = publicProcedure.meta({ access: 'session' }).use(({ ctx, next }) => {
  const { caller } = ctx
  switch (caller.kind) {
    case 'session':
      return next({ ctx: { caller } })
    case 'service':
      throw new Refusal('NOT_ALLOWED')
    case 'anonymous':
      throw new Refusal(caller.reason)
    case 'unavailable':
      throw new Refusal('TEMPORARILY_UNAVAILABLE', { retryAfterSeconds: 1 })
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
  publicProcedure.meta({ access: `policy:${policy}` }).use(({ ctx, next }) => {
    const { caller } = ctx
    switch (caller.kind) {
      case 'session':
        if (!allows(caller.role, policy)) throw new Refusal('NOT_FOUND')
        return next({ ctx: { caller } })
      case 'service':
        throw new Refusal('NOT_FOUND')
      case 'anonymous':
        throw new Refusal(caller.reason)
      case 'unavailable':
        throw new Refusal('TEMPORARILY_UNAVAILABLE', { retryAfterSeconds: 1 })
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
export const revocationsProcedure = publicProcedure.meta({ access: 'policy:revocations:read' }).use(({ ctx, next }) => {
  const { caller } = ctx
  switch (caller.kind) {
    case 'service':
      if (!caller.scopes.includes('revocations:read')) throw new Refusal('NOT_ALLOWED')
      return next({ ctx: { listener: { ...caller, id: caller.keyId, ownerId: caller.accountId } } })
    case 'session':
      if (!allows(caller.role, 'revocations:read')) throw new Refusal('NOT_ALLOWED')
      return next({ ctx: { listener: { ...caller, id: caller.sessionId, ownerId: caller.userId } } })
    case 'anonymous':
      throw new Refusal(caller.reason)
    case 'unavailable':
      throw new Refusal('TEMPORARILY_UNAVAILABLE', { retryAfterSeconds: 1 })
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
