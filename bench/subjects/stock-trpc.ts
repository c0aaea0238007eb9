import { initTRPC, TRPCError } from '@trpc/server'
import { type CreateFastifyContextOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyInstance } from 'fastify'
import type { Answer } from './answer.ts'

/** Who calls, as a subject's `createContext` found out. */
export type StockContext = { caller: Answer | null }

const trpc = initTRPC.context<StockContext>().create()

/** The middleware that tRPC's documentation shows for procedures which need somebody signed in. */
const protectedProcedure = trpc.procedure.use(({ ctx, next }) => {
  if (!ctx.caller) throw new TRPCError({ code: 'UNAUTHORIZED' })
  return next({ ctx: { caller: ctx.caller } })
})

const router = trpc.router({ whoami: protectedProcedure.query(({ ctx }) => ctx.caller) })

/** tRPC on its stock Fastify adapter, as its documentation sets it up, with this subject's way to find the caller. */
export async function registerStockTrpc(
  app: FastifyInstance,
  createContext: (options: CreateFastifyContextOptions) => StockContext | Promise<StockContext>,
): Promise<void> {
  await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router, createContext } })
}
