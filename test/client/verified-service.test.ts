import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier, type Verifier } from '../../client/index.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

describe('a verifier that trusts a real Latchkey', () => {
  let server: TestServer
  let verifier: Verifier
  beforeAll(async () => {
    server = await startTestServer({ instances: 2 })
    const { browser } = await signedInAdministrator(server)
    const { key } = await browser.api.service.create.mutate({ name: 'Orders', scopes: ['revocations:read'] })
    verifier = createVerifier({
      issuer: server.config.tokenIssuer,
      audience: server.config.tokenAudience,
      url: server.url,
      revocation: { serviceKey: key, whenStale: 'refuse' },
      now: server.clock.now,
    })
    await verifier.ready()
  })
  afterAll(async () => {
    verifier.close()
    await server.close()
  })

  it('knows the person behind a token, without asking, until the device is signed out anywhere', async () => {
    const { email, browser, user } = await signedUp(server)
    const { accessToken, session } = await server.browser().api.token.issue.mutate({ email, password })
    expect(await verifier.verify(accessToken)).toMatchObject({
      kind: 'valid',
      caller: { kind: 'session', userId: user.id, sessionId: session.id, role: 'user' },
    })

    const [, elsewhere] = server.instances
    const dashboard = browser.at(elsewhere?.url ?? server.url)
    const revokedAt = performance.now()
    await dashboard.api.session.revoke.mutate({ sessionId: session.id })

    await expect.poll(() => verifier.verify(accessToken), { interval: 5 }).toMatchObject({ reason: 'SESSION_REVOKED' })
    // The declared bound; in practice it is the time of a notification.
    expect(performance.now() - revokedAt).toBeLessThan(2_000)
  })

  it('accepts what any other library accepts', async () => {
    const { email } = await signedUp(server)
    const { accessToken } = await server.browser().api.token.issue.mutate({ email, password })
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', server.url))
    const { issuer, audience } = { issuer: server.config.tokenIssuer, audience: server.config.tokenAudience }
    const currentDate = new Date(server.clock.now())
    expect((await jwtVerify(accessToken, keys, { issuer, audience, currentDate })).payload.sub).toBeDefined()
  })
})
