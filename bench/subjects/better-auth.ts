// better-auth on Postgres, asked for the session in the tRPC context as its documentation shows; with `COOKIE_CACHE=on` from the signed cookie
// that it recommends for speed. E-mail and password, defaults otherwise.
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { fromNodeHeaders } from 'better-auth/node'
import pg from 'pg'
import { answerFor } from './answer.ts'
import { fastifyApp, listen } from './fastify-app.ts'
import { registerStockTrpc } from './stock-trpc.ts'

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${process.env.PORT}`,
  secret: 'a secret that is only good for measuring',
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  emailAndPassword: { enabled: true },
  // Five minutes are its default; six hours, so that no request of the run has to go to the database.
  session: { cookieCache: { enabled: process.env.COOKIE_CACHE === 'on', maxAge: 6 * 60 * 60 } },
  telemetry: { enabled: false },
})
// Its own migrations: the token of a session has a unique index.
await (await getMigrations(auth.options)).runMigrations()

const app = fastifyApp()
app.post('/sign-in', async (request, reply) => {
  const body = { name: 'Ada', email: `${crypto.randomUUID()}@example.com`, password: 'correct horse battery staple' }
  const { headers } = await auth.api.signUpEmail({
    body,
    headers: fromNodeHeaders(request.headers),
    returnHeaders: true,
  })
  return reply.header('set-cookie', headers.getSetCookie()).send({ signedIn: true })
})

await registerStockTrpc(app, async ({ req }) => {
  const session = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) })
  return { caller: session ? answerFor(session.user.id, session.session.id) : null }
})
await listen(app)
