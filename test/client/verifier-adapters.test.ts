import { initTRPC } from '@trpc/server'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callerOf, latchkey, requires as routeRequires } from '../../client/fastify.ts'
import { createVerifier, type Verifier } from '../../client/index.ts'
import { createTestIssuer, type TestIssuer } from '../../client/testing/index.ts'
import { type LatchkeyContext, RefusedError, requires } from '../../client/trpc.ts'

let issuer: TestIssuer
let verifier: Verifier
beforeAll(async () => {
  issuer = await createTestIssuer()
  verifier = createVerifier({ ...issuer, revocation: { serviceKey: issuer.serviceKey, whenStale: 'refuse' } })
})
afterAll(async () => {
  verifier.close()
  await issuer.close()
})

describe('the Fastify plugin', () => {
  async function answer(authorization?: string) {
    const app = Fastify()
    await app.register(latchkey, { verifier })
    app.get('/open', (request) => ({ kind: request.latchkey.kind }))
    app.get('/mine', { onRequest: routeRequires() }, (request) => callerOf(request))
    const manage = routeRequires({ roles: ['admin'], scopes: ['orders:write'] })
    app.get('/manage', { onRequest: manage }, () => ({ managed: true }))
    const headers = authorization === undefined ? {} : { authorization }
    const replies = await Promise.all(['/open', '/mine', '/manage'].map((url) => app.inject({ url, headers })))
    return replies.map((reply) => ({ status: reply.statusCode, headers: reply.headers, body: reply.json() as unknown }))
  }

  it('lets through who may, and answers everybody else in the words of the contract', async () => {
    const [open, mine, manage] = await answer()
    expect(open).toMatchObject({ status: 200, body: { kind: 'refused' } })
    expect(mine).toMatchObject({ status: 401, body: { error: { data: { reason: 'NOT_SIGNED_IN' } } } })
    expect(mine?.headers['www-authenticate']).toBe('Bearer')
    expect(manage?.status).toBe(401)

    const person = await answer(`Bearer ${await issuer.token({ userId: 'ada' })}`)
    expect(person).toMatchObject([
      { status: 200, body: { kind: 'valid' } },
      { status: 200, body: { userId: 'ada' } },
      { status: 403, body: { error: { data: { reason: 'NOT_ALLOWED' } } } },
    ])
    const admin = await answer(`Bearer ${await issuer.token({ role: 'admin' })}`)
    const program = await answer(`Bearer ${await issuer.serviceToken({ scopes: ['orders:write'] })}`)
    expect([admin[2], program[2]]).toMatchObject([{ status: 200 }, { status: 200 }])
  })
})

describe('the tRPC middleware', () => {
  const t = initTRPC.context<LatchkeyContext>().create()
  const router = t.router({
    mine: t.procedure.use(requires()).query(({ ctx }) => ctx.caller),
    manage: t.procedure.use(requires({ roles: ['admin'] })).query(() => 'managed'),
  })

  it('hands procedures the caller, and refuses with a stable reason', async () => {
    const callerWith = async (token: string) => router.createCaller({ latchkey: await verifier.verify(token) })
    const person = await callerWith(await issuer.token({ userId: 'ada' }))
    expect(await person.mine()).toMatchObject({ kind: 'session', userId: 'ada' })
    await expect(person.manage()).rejects.toMatchObject({ code: 'FORBIDDEN', message: 'NOT_ALLOWED' })
    expect(await (await callerWith(await issuer.token({ role: 'admin' }))).manage()).toBe('managed')
    const nobody = await callerWith(await issuer.forgedToken())
    await expect(nobody.mine()).rejects.toThrow(RefusedError)
    await expect(nobody.mine()).rejects.toMatchObject({ code: 'UNAUTHORIZED', reason: 'NOT_SIGNED_IN' })
  })
})
