import { TRPCError } from '@trpc/server'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Metrics, noProcedure } from '../metrics.ts'
import { errorShape } from '../rpc/error-shape.ts'
import { Refusal } from '../rpc/refusal.ts'

/** Fastify's own refusals (unreadable requests, bodies too large) in tRPC's words. */
function toTrpcError(error: FastifyError | TRPCError): TRPCError {
  if (error instanceof TRPCError) return error
  if (error.statusCode === 413) return new TRPCError({ code: 'PAYLOAD_TOO_LARGE' })
  if (error.statusCode === 415) return new Refusal('UNSUPPORTED_CONTENT_TYPE')
  if (error.statusCode && error.statusCode < 500) return new TRPCError({ code: 'BAD_REQUEST' })
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error })
}

/** Whatever fails outside a procedure answers in the same shape as what fails inside one. */
export function answerError(
  metrics: Metrics,
  error: FastifyError | TRPCError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const shape = errorShape(toTrpcError(error), request.id)
  const { reason, httpStatus, retryAfterSeconds } = shape.data
  metrics.requests.inc({ procedure: noProcedure, outcome: reason })
  if (reason === 'INTERNAL_ERROR') request.log.error({ event: 'internal_error', err: error }, 'Unforeseen error')
  else request.log.info({ event: 'request_refused', reason, ipAddress: request.ip }, 'Refused before any procedure')
  // Said here too: no hook has run for an address that Fastify cannot read.
  return reply
    .code(httpStatus)
    .headers({
      'cache-control': 'no-store',
      'x-request-id': request.id,
      ...(retryAfterSeconds ? { 'retry-after': String(retryAfterSeconds) } : {}),
    })
    .send({ error: shape })
}

export function registerErrors(app: FastifyInstance, metrics: Metrics): void {
  app.setErrorHandler<FastifyError | TRPCError>((error, request, reply) => answerError(metrics, error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const shape = errorShape(new Refusal('NOT_FOUND'), request.id)
    return reply.code(404).header('cache-control', 'no-store').send({ error: shape })
  })
}
