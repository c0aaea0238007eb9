// A Fastify route that answers a constant: what Fastify costs by itself.
import { constantAnswer } from './answer.ts'
import { fastifyApp, listen } from './fastify-app.ts'

const app = fastifyApp()
app.get('/whoami', async () => constantAnswer)
await listen(app)
