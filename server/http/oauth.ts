import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../rpc/context.ts'
import { faultToRefusal } from '../rpc/faults.ts'
import { limitKeyExchange } from '../rpc/limits.ts'
import { Refusal } from '../rpc/refusal.ts'
import { exchangeKey } from '../service/exchange-key.ts'
import { mintServiceToken } from '../signing/mint-access-token.ts'
import { parseServiceKey } from '../token/service-key.ts'
import { readClientCredentials } from './client-credentials.ts'

/** The errors of RFC 6749, 5.2, that this endpoint answers with, and their statuses. */
const errors = {
  invalid_request: [400, 'The request cannot be read, or says something twice.'],
  invalid_client: [401, 'This client is unknown, or its key has expired or been revoked.'],
  unsupported_grant_type: [400, 'Only client_credentials is supported.'],
  invalid_scope: [400, 'The client does not have all of these scopes.'],
  temporarily_unavailable: [503, 'The server cannot answer right now. Try again in a moment.'],
} as const

class OAuthError extends Error {
  readonly code: keyof typeof errors
  constructor(code: keyof typeof errors) {
    super(code)
    this.code = code
  }
}

const bodyLimitBytes = 4 * 1024

async function issue(services: Services, request: FastifyRequest<{ Body: URLSearchParams }>) {
  const { database, clock, keyRing, config } = services
  const form = request.body
  const repeats = [...form.keys()].some((name) => form.getAll(name).length > 1)
  const client = readClientCredentials(request.headers.authorization, form)
  if (repeats || client === 'ambiguous' || !form.get('grant_type')) throw new OAuthError('invalid_request')
  if (form.get('grant_type') !== 'client_credentials') throw new OAuthError('unsupported_grant_type')

  await limitKeyExchange({ services, origin: { ipAddress: request.ip }, log: request.log })
  const key = client && parseServiceKey(client.secret)
  const exchanged = key && client.id === key.accountId ? await exchangeKey(database.orm, clock, key) : null
  if (!exchanged) {
    request.log.info({ event: 'service_key_refused', ipAddress: request.ip }, 'Service key refused')
    throw new OAuthError('invalid_client')
  }
  const asked = form.get('scope')?.split(' ').filter(Boolean) ?? exchanged.scopes
  if (asked.length === 0 || asked.some((scope) => !exchanged.scopes.includes(scope)))
    throw new OAuthError('invalid_scope')
  const scope = exchanged.scopes.filter((granted) => asked.includes(granted)).join(' ')
  const { text, expiresAt } = await mintServiceToken(keyRing, config, { ...exchanged, scope })
  const { accountId, keyId } = exchanged
  request.log.info(
    { event: 'service_key_exchanged', accountId, keyId, scope, ipAddress: request.ip },
    'Service key exchanged',
  )
  const expiresIn = Math.max(0, Math.floor(expiresAt - exchanged.now / 1000))
  return { access_token: text, token_type: 'Bearer', expires_in: expiresIn, scope }
}

/** RFC 6749, 5.2: an error code that programs switch on; how to authenticate with 401, and when to come back with 429 and 503. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = error instanceof Refusal ? error : faultToRefusal(error)
  const isUnreadable = error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500
  if (!refusal && !isUnreadable && !(error instanceof OAuthError)) throw error
  const code = refusal ? 'temporarily_unavailable' : error instanceof OAuthError ? error.code : 'invalid_request'
  const [status, description] = errors[code]
  if (code === 'invalid_client') reply.header('www-authenticate', 'Basic realm="Latchkey", charset="UTF-8"')
  if (refusal?.retryAfterSeconds) reply.header('retry-after', String(refusal.retryAfterSeconds))
  return reply
    .code(refusal?.reason === 'TOO_MANY_ATTEMPTS' ? 429 : status)
    .header('x-request-id', request.id)
    .send({ error: code, error_description: description })
}

/**
 * `POST /oauth/token` (RFC 6749, 4.4): a service account's key for a short access token. And `/.well-known/oauth-authorization-server` (RFC 8414), by which
 * programs in other languages find it.
 */
export async function registerOAuth(app: FastifyInstance, services: Services): Promise<void> {
  const { config } = services
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, new URLSearchParams(String(body))),
    )
    scope.setErrorHandler(sendError)
    scope.post<{ Body: URLSearchParams }>('/oauth/token', { bodyLimit: bodyLimitBytes }, async (request, reply) => {
      if (!(request.body instanceof URLSearchParams)) throw new OAuthError('invalid_request')
      return reply.send(await issue(services, request))
    })
  })

  app.get('/.well-known/oauth-authorization-server', async (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=3600')
      .header('access-control-allow-origin', '*')
      .send({
        issuer: config.tokenIssuer,
        token_endpoint: `${config.publicUrl}/oauth/token`,
        jwks_uri: `${config.publicUrl}/.well-known/jwks.json`,
        grant_types_supported: ['client_credentials'],
        response_types_supported: [],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        scopes_supported: ['revocations:read'],
      }),
  )
}
