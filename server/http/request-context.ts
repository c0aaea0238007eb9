import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Context, identify, type Services } from '../rpc/context.ts'
import { createTokenCookies } from './cookies.ts'
import { readDevice } from './device.ts'
import { originOf } from './origin.ts'

/** What is known of a request's calls before the context is built. */
export type CallInfo = {
  accept: string | null
  calls: readonly { procedure: { _def: { type: string } } | null }[]
}

export const methodOf: Record<string, string> = { query: 'GET', subscription: 'GET', mutation: 'POST' }

function bearerOf({ headers: { authorization } }: FastifyRequest): string | null {
  return authorization === undefined ? null : (/^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null)
}

/** The way of a request from the socket to its procedure: who calls, from where, and what may be set on the reply. */
export function contextBuilder(
  services: Services,
): (request: FastifyRequest, reply: FastifyReply, info: CallInfo) => Promise<Context> {
  const tokenCookies = createTokenCookies(services.config)
  return async (request, reply, info) => {
    const { log } = request
    const device = () => readDevice(request.headers['user-agent'])
    const origin = originOf(request, services.locate)
    const bearer = bearerOf(request)
    const carried = tokenCookies(request, reply)
    // A bearer speaks for itself: cookies that come along are not theirs to refresh (R3).
    const cookies = bearer === null ? carried : { ...carried, access: null, refresh: null }
    const reachesProcedure = info.calls.some(
      ({ procedure }) => procedure !== null && methodOf[procedure._def.type] === request.method,
    )
    const { caller, refreshed } = await identify(services, { bearer, cookies, origin, log, reachesProcedure })
    const callCount = info.calls.length
    const streamed = info.accept === 'application/jsonl'
    return { services, caller, refreshed, cookies, device, origin, log, callCount, streamed }
  }
}
