import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, type JWK, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { signingKeys } from '../../server/database/schema.ts'
import { planKeys } from '../../server/signing/plan-keys.ts'
import { deriveSecrets } from '../../server/token/derived-secrets.ts'
import { revokeSigningKey, signingKeyOf } from '../harness/forged-tokens.ts'
import type { TestBrowser } from '../harness/test-browser.ts'
import { createTestClock, days, hours, minutes, seconds } from '../harness/test-clock.ts'
import { signedUp, startTestServer, type TestInstance, type TestServer } from '../harness/test-server.ts'

let server: TestServer
afterEach(() => server.close())

const algorithms = ['EdDSA', 'ES256', 'RS256'] as const

/** Members that only a private or secret key has (RFC 7518, 6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

async function publicKeysOf(instance: TestInstance): Promise<JWK[]> {
  const reply = await instance.browser().send('/.well-known/jwks.json')
  return (reply.body as JSONWebKeySet).keys
}

const keyIdsOf = async (instance: TestInstance) => (await publicKeysOf(instance)).map(({ kid }) => kid)
const signerOf = (browser: TestBrowser) => decodeProtectedHeader(browser.cookie('access') ?? '').kid

function authorized(browser: TestBrowser) {
  return browser.send('/trpc/auth.whoami', { headers: { authorization: `Bearer ${browser.cookie('access')}` } })
}

/** RFC 7638, 3.2: the members that every key of a kind has, in alphabetic order and without white space. */
function thumbprint({ kty, crv, e, n, x, y }: JWK): string {
  const canonical = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url')
}

describe.each(algorithms)('with %s', (algorithm) => {
  it('anybody can verify an access token with the published key, and nothing private is published', async () => {
    server = await startTestServer({ environment: { SIGNING_ALGORITHM: algorithm } })
    const { browser, session } = await signedUp(server)

    const reply = await server.browser().send('/.well-known/jwks.json')

    expect(reply.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/)
    expect(reply.headers.get('cache-control')).toBe('public, max-age=300, must-revalidate')
    const { keys } = reply.body as JSONWebKeySet
    expect(keys).toEqual([expect.objectContaining({ alg: algorithm, use: 'sig' })])
    for (const key of keys) {
      expect(key.kid).toBe(thumbprint(key))
      for (const member of privateMembers) expect(key).not.toHaveProperty(member)
    }
    const { payload } = await jwtVerify(browser.cookie('access') ?? '', createLocalJWKSet({ keys }), {
      currentDate: new Date(server.clock.now()),
      issuer: 'http://localhost:3000',
      audience: 'http://localhost:3000',
      algorithms: [algorithm],
      typ: 'at+jwt',
    })
    expect(payload.sid).toBe(session.id)
    expect((await browser.query('auth.whoami')).status).toBe(200)
  })

  it('the next key is published a day before it signs, and the last one stays until its last token is gone', async () => {
    server = await startTestServer({ environment: { SIGNING_ALGORITHM: algorithm } })
    const [first] = await keyIdsOf(server)
    server.clock.advance(days(29))
    // Keys are planned now and then; an instance that starts does so at once.
    const restarted = await server.addInstance({ SIGNING_ALGORITHM: algorithm })

    const published = await keyIdsOf(restarted)
    expect(published).toHaveLength(2)
    const second = published.find((id) => id !== first)
    server.clock.advance(days(1) - seconds(1))
    const before = await signedUp(restarted)
    expect(signerOf(before.browser)).toBe(first)

    server.clock.advance(seconds(1))
    const after = await signedUp(restarted)
    expect(signerOf(after.browser)).toBe(second)
    expect((await authorized(before.browser)).status).toBe(200)

    server.clock.advance(minutes(15))
    expect((await keyIdsOf(restarted)).sort()).toEqual([first, second].sort())
    server.clock.advance(seconds(5))
    expect(await keyIdsOf(restarted)).toEqual([second])
  })
})

describe('a new signing key', () => {
  it('is heard of by every instance, which sign alike and accept each other’s tokens', async () => {
    server = await startTestServer({ instances: 2 })
    const [here, there] = server.instances
    if (!here || !there) throw new Error('Two instances are needed')
    expect(await keyIdsOf(here)).toEqual(await keyIdsOf(there))
    server.clock.advance(days(29))
    const third = await server.addInstance()
    const published = (await keyIdsOf(third)).sort()

    for (const instance of [here, there])
      await expect.poll(async () => (await keyIdsOf(instance)).sort(), { timeout: 8_000 }).toEqual(published)

    server.clock.advance(days(1))
    const { browser } = await signedUp(here)
    for (const instance of [there, third]) expect((await authorized(browser.at(instance.url))).status).toBe(200)
  })

  it('is made by one of the instances that start together, for all of them', async () => {
    server = await startTestServer()
    await server.database.orm.delete(signingKeys)

    await Promise.all([server.addInstance(), server.addInstance(), server.addInstance()])

    expect(await server.database.orm.$count(signingKeys)).toBe(1)
  })

  it('of another algorithm signs at once, and tokens of the former stay good', async () => {
    server = await startTestServer()
    const { browser } = await signedUp(server)

    const changed = await server.addInstance({ SIGNING_ALGORITHM: 'ES256' })

    expect((await authorized(browser.at(changed.url))).status).toBe(200)
    const next = await signedUp(changed)
    expect(decodeProtectedHeader(next.browser.cookie('access') ?? '').alg).toBe('ES256')
    expect((await publicKeysOf(changed)).map(({ alg }) => alg).sort()).toEqual(['ES256', 'EdDSA'])
  })

  it('takes as long to come round as it is told to', async () => {
    server = await startTestServer({ environment: { SIGNING_KEY_TTL: '4h' } })
    const [first] = await keyIdsOf(server)
    server.clock.advance(hours(3) - 1)
    expect(await keyIdsOf(await server.addInstance())).toEqual([first])
    server.clock.advance(1)

    expect(await keyIdsOf(await server.addInstance())).toHaveLength(2)
  })
})

describe('a key that is revoked in an emergency', () => {
  it('bites at once on every instance, and people who hold a refresh token stay signed in', async () => {
    server = await startTestServer({ instances: 2 })
    const { browser, session } = await signedUp(server)
    const elsewhere = browser.at(server.instances[1]?.url ?? '')
    expect((await authorized(browser)).status).toBe(200)
    expect((await authorized(elsewhere)).status).toBe(200)
    const { id } = await signingKeyOf(server)

    await revokeSigningKey(server, id, new Date(server.clock.now()))

    for (const instance of [browser, elsewhere])
      await expect.poll(async () => (await authorized(instance)).status, { timeout: 4_000 }).toBe(401)
    expect(await keyIdsOf(server)).not.toContain(id)
    expect(server.logs).toContainEqual(
      expect.objectContaining({ event: 'access_token_refused', reason: 'unknown_key' }),
    )
    await expect.poll(() => keyIdsOf(server), { timeout: 4_000 }).toHaveLength(1)
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
    expect(signerOf(browser)).not.toBe(id)
  })

  it('is a fault that passes until the next key signs: people are asked to try again, and keep their cookies', async () => {
    server = await startTestServer()
    const { browser } = await signedUp(server)
    const { id } = await signingKeyOf(server)
    browser.drop('access')
    const refresh = browser.cookie('refresh')

    await revokeSigningKey(server, id, new Date(server.clock.now()))
    const statuses = new Set<number>()
    await expect
      .poll(
        async () => {
          const reply = await browser.clone().query('auth.whoami')
          statuses.add(reply.status)
          return [reply.status, (await keyIdsOf(server)).includes(id)]
        },
        { timeout: 4_000, interval: 5 },
      )
      .toEqual([200, false])

    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(browser.cookie('refresh')).toBe(refresh)
  })
})

it('of instances that start together on an empty database, one makes the first key', async () => {
  server = await startTestServer()
  const { database, config, clock } = server
  const before = await database.orm.$count(signingKeys)
  // Its transaction began earlier, and waited for the lock while the key was made.
  const earlier = createTestClock(clock.now() - 2_000)

  await planKeys({ database, clock: earlier, secrets: deriveSecrets(config.secrets), config })

  expect(await database.orm.$count(signingKeys)).toBe(before)
})

describe('the private half of a key', () => {
  it('is in the database only under SECRET', async () => {
    server = await startTestServer()
    const { privateJwk, publicJwk } = await signingKeyOf(server)
    const secretPart = Buffer.from(privateJwk.d ?? '', 'base64url')
    const [row] = await server.database.orm.select().from(signingKeys)

    expect(secretPart).toHaveLength(32)
    expect(row?.encryptedPrivateKey.includes(secretPart)).toBe(false)
    expect(row?.encryptedPrivateKey.includes(secretPart.toString('base64url'))).toBe(false)
    for (const member of privateMembers) expect(publicJwk).not.toHaveProperty(member)
  })

  it('is of no use to an instance with another SECRET, which signs with a key of its own and says so', async () => {
    server = await startTestServer()
    const { browser } = await signedUp(server)
    const [first] = await keyIdsOf(server)

    const stranger = await server.addInstance({ SECRET: 'a secret that has never been used here before' })

    expect(stranger.logs).toContainEqual(
      expect.objectContaining({ level: 40, event: 'signing_key_unreadable', keyId: first }),
    )
    const next = await signedUp(stranger)
    expect(signerOf(next.browser)).not.toBe(first)
    // The public half needs no secret.
    expect((await authorized(browser.at(stranger.url))).status).toBe(200)
  })

  it('cannot be moved to another key’s row', async () => {
    server = await startTestServer()
    const [row] = await server.database.orm.select().from(signingKeys)
    if (!row) throw new Error('The server has no signing key')
    await server.database.orm
      .update(signingKeys)
      .set({ id: 'B'.repeat(43) })
      .where(eq(signingKeys.id, row.id))

    const restarted = await server.addInstance()

    expect(restarted.logs).toContainEqual(expect.objectContaining({ event: 'signing_key_unreadable' }))
    expect(signerOf((await signedUp(restarted)).browser)).not.toBe('B'.repeat(43))
  })
})
