import type { Verifier } from '@latchkey/client'
import { latchkey } from '@latchkey/client/fastify'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify, { type FastifyInstance } from 'fastify'
import { createOrderBook } from './order-book.ts'
import { type OrdersRouter, router } from './router.ts'

/** The orders service: it knows nobody's password and asks nobody per request; it trusts what the verifier says of a token. */
export async function buildOrdersService(verifier: Verifier): Promise<FastifyInstance> {
  const app = Fastify({ forceCloseConnections: true })
  const orders = createOrderBook()
  await app.register(latchkey, { verifier })
  await app.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: {
      router,
      createContext: ({ req }) => ({ latchkey: req.latchkey, orders }),
    } satisfies FastifyTRPCPluginOptions<OrdersRouter>['trpcOptions'],
  })
  app.get('/readyz', async (_request, reply) =>
    reply.code(verifier.isFresh() ? 200 : 503).send({ ready: verifier.isFresh() }),
  )
  return app
}
