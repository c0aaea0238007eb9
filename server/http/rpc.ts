import type { TRPCError } from '@trpc/server'
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { noProcedure } from '../metrics.ts'
import type { Services } from '../rpc/context.ts'
import { errorShape } from '../rpc/error-shape.ts'
import { Refusal } from '../rpc/refusal.ts'
import { type Router, router } from '../rpc/router.ts'
import type { Gathering } from './gather.ts'
import { registerGuard } from './guard.ts'
import { answerLean, readLean } from './lean-rpc.ts'
import { type CallInfo, contextBuilder } from './request-context.ts'

/** Calls in one request; more are refused before any of them runs. */
const maxBatchSize = 10
/** The largest input has two passwords of 256 characters; ten of them fit many times over. */
const bodyLimitBytes = 64 * 1024

/** Headers that an error asks for: how long to wait, and how to authenticate (RFC 6750, 3). */
function headersFor(errors: readonly TRPCError[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const error of errors) {
    if (error instanceof Refusal && error.retryAfterSeconds) headers['retry-after'] = String(error.retryAfterSeconds)
    if (error.code === 'UNAUTHORIZED') headers['www-authenticate'] = 'Bearer'
  }
  return headers
}

type RpcRequest = FastifyRequest<{ Params: { path: string } }>

/**
 * Answers calls of the router. Plain JSON goes the lean way; streams and whatever is odd go through tRPC's stock adapter, which costs
 * several times as much. Context, cookies, guard and error shapes are the same for both.
 */
function rpcHandler(services: Services, gathering: Gathering) {
  const contextOf = contextBuilder(services)
  return (request: RpcRequest, reply: FastifyReply): Promise<unknown> => {
    const onError = (error: TRPCError, path: string | undefined) => {
      // What no procedure was found for, no procedure has counted.
      if (path === undefined || !Object.hasOwn(router._def.procedures, path))
        services.metrics.requests.inc({ procedure: noProcedure, outcome: errorShape(error, null).data.reason })
      if (error.code !== 'INTERNAL_SERVER_ERROR') return
      const err = error.cause ?? error
      request.log.error({ event: 'internal_error', procedure: path, err }, 'Unforeseen error')
    }
    const lean = readLean(request, maxBatchSize)
    if (lean) {
      const createContext = () => contextOf(request, reply, lean.info)
      return answerLean(reply, lean, { createContext, headersFor, onError, gathering })
    }
    return fastifyRequestHandler<Router, FastifyRequest, FastifyReply>({
      router,
      req: request,
      res: reply,
      path: request.params.path,
      maxBatchSize,
      createContext: ({ info }) => contextOf(request, reply, info as CallInfo),
      // Said again: the headers of an event stream replace what the reply had.
      responseMeta: ({ errors }) => ({ headers: { ...headersFor(errors), 'cache-control': 'no-store' } }),
      onError: ({ error, path }) => onError(error, path),
    })
  }
}

/** Mounts the router under `/trpc`. The body is handed on as text: it is parsed once, by whoever answers. */
export async function registerRpc(app: FastifyInstance, services: Services, gathering: Gathering): Promise<void> {
  await app.register(async (scope) => {
    registerGuard(scope, services.config)
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store')
      done()
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    scope.route<{ Params: { path: string } }>({
      method: ['GET', 'POST'],
      url: '/trpc/:path',
      // Fastify would measure the answer to a HEAD, which tRPC gives as a web `Response`.
      exposeHeadRoute: false,
      bodyLimit: bodyLimitBytes,
      handler: rpcHandler(services, gathering),
    })
  })
}
