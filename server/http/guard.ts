import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { Refusal } from '../rpc/refusal.ts'
import { carriesTokens } from './cookies.ts'

/** Whether a Host header names a host. Clients ask for the same one over and over, and parsing it costs more than the rest of the guard. */
function createReadable(): (host: string) => boolean {
  let readable: string | undefined
  return (host) => {
    if (host === readable) return true
    if (!URL.canParse(`http://${host}`)) return false
    readable = host
    return true
  }
}

/**
 * Refuses, before the body is read, what a page of another site could send without our consent (R19): anything but
 * JSON, an Origin that is not allowed, Fetch Metadata that says cross-site, and cookies from who knows where.
 */
function refusalOf(request: FastifyRequest, config: Config, isReadable: (host: string) => boolean): Refusal | null {
  const { origin, host, 'sec-fetch-site': site, 'content-type': contentType } = request.headers
  if (!host || !isReadable(host)) return new Refusal('INVALID_INPUT', { fields: { host: 'Invalid' } })
  if (origin !== undefined && !config.allowedOrigins.includes(origin)) return new Refusal('ORIGIN_NOT_ALLOWED')
  if (origin === undefined && site !== undefined && site !== 'same-origin' && site !== 'none')
    return new Refusal('ORIGIN_NOT_ALLOWED')
  if (request.method !== 'POST') return null
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json')
    return new Refusal('UNSUPPORTED_CONTENT_TYPE')
  if (origin === undefined && site !== 'same-origin' && carriesTokens(request, config))
    return new Refusal('ORIGIN_NOT_ALLOWED')
  return null
}

export function registerGuard(scope: FastifyInstance, config: Config): void {
  const isReadable = createReadable()
  scope.addHook('onRequest', (request, _reply, done) => {
    const refusal = refusalOf(request, config, isReadable)
    // Not on the spot: what has come with the head is looked at by the protocol first, and a body of no known form is refused as that.
    if (refusal || request.method === 'POST') queueMicrotask(() => done(refusal ?? undefined))
    else done()
  })
}
