import { experimental_standaloneMiddleware, TRPCError } from '@trpc/server'
import { type Caller, permits, type Requirement } from './verify/caller.ts'
import type { Verification } from './verify/verifier.ts'

export type { LatchkeyRouter } from './router.ts'

/** What a tRPC context must have for `requires`: the answer of `verifier.verifyHeader`. */
export type LatchkeyContext = { latchkey: Verification }

const codes = {
  NOT_SIGNED_IN: 'UNAUTHORIZED',
  SESSION_REVOKED: 'UNAUTHORIZED',
  NOT_ALLOWED: 'FORBIDDEN',
  TEMPORARILY_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
} as const

/** A refusal as a tRPC error; its message is the stable reason. */
export class RefusedError extends TRPCError {
  readonly reason: keyof typeof codes

  constructor(reason: keyof typeof codes) {
    super({ code: codes[reason], message: reason })
    this.name = 'RefusedError'
    this.reason = reason
  }
}

/** The caller behind a verification. Throws `RefusedError` for nobody, and for who does not meet the requirement. */
export function callerFrom(verification: Verification, requirement?: Requirement): Caller {
  if (verification.kind === 'refused') throw new RefusedError(verification.reason)
  if (requirement && !permits(verification.caller, requirement)) throw new RefusedError('NOT_ALLOWED')
  return verification.caller
}

/** A tRPC middleware that lets through who is signed in, or only who meets the requirement; procedures after it have `ctx.caller`. */
export function requires(requirement?: Requirement) {
  return experimental_standaloneMiddleware<{ ctx: LatchkeyContext }>().create(({ ctx, next }) =>
    next({ ctx: { caller: callerFrom(ctx.latchkey, requirement) } }),
  )
}
