// An access token in a cookie, verified by jose on each request; nothing is asked about revocation. The key is imported once, and is of the
// algorithm that Latchkey signs with by default.
import fastifyCookie from '@fastify/cookie'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { answerFor } from './answer.ts'
import { fastifyApp, listen } from './fastify-app.ts'
import { registerStockTrpc } from './stock-trpc.ts'

const { publicKey, privateKey } = await generateKeyPair('EdDSA')
const issuer = 'http://localhost'
const rules = { algorithms: ['EdDSA'], issuer, audience: issuer, typ: 'at+jwt', requiredClaims: ['sub', 'exp'] }

const app = fastifyApp()
await app.register(fastifyCookie)

app.post('/sign-in', async (_request, reply) => {
  const token = await new SignJWT({ sid: crypto.randomUUID(), role: 'user', amr: ['pwd'] })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
    .setSubject(crypto.randomUUID())
    .setIssuer(issuer)
    .setAudience(issuer)
    .setIssuedAt()
    // Longer than any run.
    .setExpirationTime('6h')
    .sign(privateKey)
  return reply.setCookie('access', token, { httpOnly: true, sameSite: 'strict', path: '/' }).send({ signedIn: true })
})

await registerStockTrpc(app, async ({ req }) => {
  const { payload } = await jwtVerify(req.cookies.access ?? '', publicKey, rules)
  return { caller: answerFor(String(payload.sub), String(payload.sid)) }
})
await listen(app)
