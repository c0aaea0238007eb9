// A public query on tRPC's stock Fastify adapter: nobody is authenticated, which is the most that any authentication on that adapter could reach.
import { initTRPC } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { constantAnswer } from './answer.ts'
import { fastifyApp, listen } from './fastify-app.ts'

const trpc = initTRPC.create()
const router = trpc.router({ whoami: trpc.procedure.query(() => constantAnswer) })

const app = fastifyApp()
await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } })
await listen(app)
