import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import { loggerOptions, logOutput } from '../../server/http/logging.ts'

/**
 * Fastify for a subject. With `LOG=line` it writes what Latchkey writes, by the same means: one line of JSON for each request, and none of
 * Fastify's own. Otherwise it does not log, which is Fastify's default and what the documentation of the peers shows.
 */
export function fastifyApp(): FastifyInstance {
  const app = Fastify({
    logger: process.env.LOG === 'line' ? { ...loggerOptions('info'), stream: logOutput() } : false,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // As tRPC's documentation has it, for batches.
    routerOptions: { maxParamLength: 5_000 },
  } as FastifyServerOptions) as FastifyInstance
  if (process.env.LOG === 'line')
    app.addHook('onResponse', async (request, reply) => {
      const procedures = (request.params as { path?: string } | null)?.path
      const milliseconds = Math.round(reply.elapsedTime)
      request.log.info({ event: 'request', method: request.method, procedures, status: reply.statusCode, milliseconds })
    })
  app.get('/ready', async () => ({ ready: true }))
  return app
}

/** Listens where the harness looks for it. */
export async function listen(app: FastifyInstance): Promise<void> {
  await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
}
