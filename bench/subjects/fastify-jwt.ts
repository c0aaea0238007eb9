// @fastify/jwt with the token in a cookie, on a plain route. HS256 by a secret, as its documentation begins with, is also the quickest of its
// algorithms; nothing is asked about revocation.
import fastifyCookie from '@fastify/cookie'
import fastifyJwt from '@fastify/jwt'
import { answerFor } from './answer.ts'
import { fastifyApp, listen } from './fastify-app.ts'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { sub: string; sid: string }
    user: { sub: string; sid: string }
  }
}

const app = fastifyApp()
await app.register(fastifyJwt, {
  secret: 'a secret that is only good for measuring',
  cookie: { cookieName: 'access', signed: false },
  // Longer than any run.
  sign: { expiresIn: '6h' },
})
await app.register(fastifyCookie)

app.post('/sign-in', async (_request, reply) => {
  const token = await reply.jwtSign({ sub: crypto.randomUUID(), sid: crypto.randomUUID() })
  return reply.setCookie('access', token, { httpOnly: true, sameSite: 'strict', path: '/' }).send({ signedIn: true })
})
app.get('/whoami', { onRequest: (request) => request.jwtVerify() }, async ({ user }) => answerFor(user.sub, user.sid))
await listen(app)
