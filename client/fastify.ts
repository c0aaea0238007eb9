import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, permits, type Requirement } from './verify/caller.ts'
import type { Verification, Verifier } from './verify/verifier.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request's access token was found to be. */
    latchkey: Verification
  }
}

/** The statuses that refusals answer with. */
const statuses = { NOT_SIGNED_IN: 401, SESSION_REVOKED: 401, NOT_ALLOWED: 403, TEMPORARILY_UNAVAILABLE: 503 } as const

const messages = {
  NOT_SIGNED_IN: 'Sign in to continue.',
  SESSION_REVOKED: 'This device has been signed out. Sign in again to continue.',
  NOT_ALLOWED: 'You are not allowed to do this.',
  TEMPORARILY_UNAVAILABLE: 'The server cannot answer right now. Try again in a moment.',
} as const

async function plugin(app: FastifyInstance, { verifier }: { verifier: Verifier }): Promise<void> {
  app.decorateRequest('latchkey')
  app.addHook('onRequest', async (request) => {
    request.latchkey = await verifier.verifyHeader(request.headers.authorization)
  })
  app.addHook('onClose', async () => verifier.close())
}

/** A Fastify plugin: every request below it carries `request.latchkey`. Closes the verifier with the app. */
export const latchkey: typeof plugin = Object.assign(plugin, {
  // What fastify-plugin does: the decoration is for the scope that registers it.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@latchkey/client',
})

/** The caller of a request, for handlers behind `requires`. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.latchkey.kind === 'valid') return request.latchkey.caller
  throw new Error('This route has callers that are not signed in: put `requires` before it')
}

/** A hook that lets through who is signed in, or only who meets the requirement, and answers everybody else in Latchkey's words. */
export function requires(requirement?: Requirement) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const verification = request.latchkey
    const isPermitted = verification.kind === 'valid' && (!requirement || permits(verification.caller, requirement))
    if (isPermitted) return undefined
    const reason = verification.kind === 'valid' ? 'NOT_ALLOWED' : verification.reason
    if (statuses[reason] === 401) reply.header('www-authenticate', 'Bearer')
    if (statuses[reason] === 503) reply.header('retry-after', '1')
    return reply.code(statuses[reason]).send({ error: { message: messages[reason], data: { reason } } })
  }
}
