import { eq } from 'drizzle-orm'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceKeys, users } from '../../server/database/schema.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { openStream } from '../harness/event-stream.ts'
import { told } from '../harness/revocation-events.ts'
import { eventsOf } from '../harness/rows.ts'
import { reasonOf, refusalReason, type TestBrowser } from '../harness/test-browser.ts'
import { days, minutes } from '../harness/test-clock.ts'
import { signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

describe('service accounts', () => {
  let server: TestServer
  let admin: TestBrowser
  beforeAll(async () => {
    server = await startTestServer({ instances: 2 })
    admin = (await signedInAdministrator(server)).browser
  })
  afterAll(() => server.close())

  const create = (scopes = ['revocations:read', 'orders:write']) =>
    admin.api.service.create.mutate({ name: 'Orders', scopes })

  function exchange(form: Record<string, string> | string, headers: Record<string, string> = {}) {
    const body = typeof form === 'string' ? form : new URLSearchParams(form).toString()
    const contentType = { 'content-type': 'application/x-www-form-urlencoded' }
    return server.browser().send('/oauth/token', { method: 'POST', headers: { ...contentType, ...headers }, body })
  }

  const grant = (accountId: string, key: string, more: Record<string, string> = {}) =>
    exchange({ grant_type: 'client_credentials', client_id: accountId, client_secret: key, ...more })

  async function accessToken(accountId: string, key: string): Promise<string> {
    return ((await grant(accountId, key)).body as { access_token: string }).access_token
  }

  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

  it('shows a key once, keeps its hash, and lists what tells keys apart', async () => {
    const { account, key } = await create()

    expect(key).toMatch(/^lk_[\w-]{64}$/)
    const listed = (await admin.api.service.list.query()).find(({ id }) => id === account.id)
    expect(listed).toMatchObject({ name: 'Orders', scopes: ['revocations:read', 'orders:write'] })
    expect(listed?.keys).toEqual([expect.objectContaining({ hint: key.slice(-4), lastUsedAt: null })])
    const rows = await server.database.orm.select().from(serviceKeys).where(eq(serviceKeys.accountId, account.id))
    expect(JSON.stringify([listed, rows])).not.toContain(key.slice(3, -4))
  })

  it('exchanges a key for a short access token of the profile RFC 9068, in the body or by HTTP Basic', async () => {
    const { account, key } = await create()
    const basic = { authorization: `Basic ${Buffer.from(`${account.id}:${key}`).toString('base64')}` }

    for (const reply of [await grant(account.id, key), await exchange('grant_type=client_credentials', basic)]) {
      expect(reply.status).toBe(200)
      expect(reply.headers.get('cache-control')).toBe('no-store')
      expect(reply.setCookies).toEqual([])
      const { access_token, ...rest } = reply.body as { access_token: string }
      expect(rest).toEqual({ token_type: 'Bearer', expires_in: 600, scope: 'revocations:read orders:write' })
      expect(decodeProtectedHeader(access_token)).toMatchObject({ typ: 'at+jwt', alg: 'EdDSA' })
      expect(Object.keys(decodeJwt(access_token)).sort()).toEqual(
        ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sid', 'sub'].sort(),
      )
      expect(decodeJwt(access_token)).toMatchObject({ sub: account.id, client_id: account.id })
    }
    const used = (await admin.api.service.list.query()).find(({ id }) => id === account.id)?.keys[0]?.lastUsedAt
    expect(used).toBe(new Date(server.clock.now()).toISOString())
  })

  it('narrows the token to the scopes asked for, and refuses more', async () => {
    const { account, key } = await create()
    expect((await grant(account.id, key, { scope: 'orders:write' })).body).toMatchObject({ scope: 'orders:write' })
    expect(await grant(account.id, key, { scope: 'orders:write admin' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    })
  })

  it('answers what is wrong in the words of RFC 6749', async () => {
    const { account, key } = await create()
    const right = `grant_type=client_credentials&client_id=${account.id}&client_secret=${key}`
    const flipped = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`
    const basic = { authorization: `Basic ${Buffer.from(`${account.id}:${flipped}`).toString('base64')}` }
    const other = await create()
    const cases: [string, number, Awaited<ReturnType<typeof exchange>>][] = [
      ['invalid_client', 401, await exchange(right.replace(key, flipped))],
      ['invalid_client', 401, await exchange(right.replace(account.id, other.account.id))],
      ['invalid_client', 401, await exchange(right.replace(key, ''))],
      ['invalid_client', 401, await exchange('grant_type=client_credentials', basic)],
      ['invalid_client', 401, await exchange('grant_type=client_credentials', { authorization: 'Basic %%' })],
      ['invalid_request', 400, await exchange(right, basic)],
      ['invalid_request', 400, await exchange(`${right}&client_id=${account.id}`)],
      ['invalid_request', 400, await exchange('')],
      ['unsupported_grant_type', 400, await exchange(right.replace('client_credentials', 'password'))],
      ['invalid_request', 400, await exchange(JSON.stringify({}), { 'content-type': 'application/json' })],
      ['invalid_request', 400, await exchange(`${right}&pad=${'x'.repeat(5_000)}`)],
    ]
    for (const [error, status, reply] of cases) {
      expect(reply).toMatchObject({ status, body: { error, error_description: expect.any(String) } })
      expect(reply.headers.get('cache-control')).toBe('no-store')
      expect(reply.headers.has('www-authenticate')).toBe(status === 401)
    }
  })

  it('lets a service do what its scopes say, and nothing that is for people', async () => {
    const { account, key } = await create()
    const service = server.browser(bearer(await accessToken(account.id, key)))
    const stream = await openStream(service, 'revocation.feed')
    expect(await stream.next()).toMatchObject({ data: { upToDate: true } })
    stream.close()
    for (const procedure of ['auth.whoami', 'session.list', 'service.list'])
      expect(reasonOf(await service.query(procedure))).toBe('NOT_ALLOWED')
    expect((await service.query('auth.current')).body).toEqual({ result: { data: null } })

    const weaker = await create(['orders:write'])
    const refused = server.browser(bearer(await accessToken(weaker.account.id, weaker.key)))
    expect(await (await openStream(refused, 'revocation.feed')).next()).toMatchObject({
      data: { data: { reason: 'NOT_ALLOWED' } },
    })
  })

  it('revoking a key bites on the next request, on every instance, and in the feed', async () => {
    const { account, key } = await create()
    const token = await accessToken(account.id, key)
    const listener = await openStream(admin, 'revocation.feed')
    await listener.next()
    const [keyId = ''] = account.keys.map(({ id }) => id)
    const services = server.instances.map((instance) => instance.browser(bearer(token)))
    const open = await openStream(services[1] ?? admin, 'revocation.feed')
    await open.next()

    await admin.api.service.revokeKey.mutate({ keyId })

    for (const service of services)
      await expect.poll(async () => reasonOf(await service.query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect(await grant(account.id, key)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    let event = await open.next()
    while (event?.event === 'message') event = await open.next()
    expect(event?.data).toMatchObject({ data: { reason: 'SESSION_REVOKED' } })
    await told(listener, keyId)
    listener.close()
  })

  it('has two keys at once, for changing them without a gap, and no third', async () => {
    const { account, key } = await create()
    const second = await admin.api.service.addKey.mutate({ accountId: account.id })
    expect(second.account.keys).toHaveLength(2)
    expect(await refusalReason(admin.api.service.addKey.mutate({ accountId: account.id }))).toBe('INVALID_INPUT')
    expect((await grant(account.id, key)).status).toBe(200)
    expect((await grant(account.id, second.key)).status).toBe(200)

    await admin.api.service.revokeKey.mutate({ keyId: account.keys[0]?.id ?? '' })
    expect((await grant(account.id, key)).status).toBe(401)
    expect((await grant(account.id, second.key)).status).toBe(200)
    expect((await admin.api.service.addKey.mutate({ accountId: account.id })).account.keys).toHaveLength(2)
  })

  it('removing an account ends all of its keys and tokens', async () => {
    const { account, key } = await create()
    const service = server.browser(bearer(await accessToken(account.id, key)))

    expect(await admin.api.service.remove.mutate({ accountId: account.id })).toEqual({ revokedCount: 1 })

    expect(reasonOf(await service.query('auth.whoami'))).toBe('SESSION_REVOKED')
    expect((await grant(account.id, key)).status).toBe(401)
    expect((await admin.api.service.list.query()).map(({ id }) => id)).not.toContain(account.id)
    expect(await refusalReason(admin.api.service.addKey.mutate({ accountId: account.id }))).toBe('NOT_FOUND')
  })

  it('belongs to its owner: to everybody else it is not there', async () => {
    const { account } = await create()
    const stranger = (await signedInAdministrator(server)).browser
    const [keyId = ''] = account.keys.map(({ id }) => id)
    expect(await stranger.api.service.list.query()).toEqual([])
    expect(await refusalReason(stranger.api.service.addKey.mutate({ accountId: account.id }))).toBe('NOT_FOUND')
    expect(await refusalReason(stranger.api.service.revokeKey.mutate({ keyId }))).toBe('NOT_FOUND')
    expect(await refusalReason(stranger.api.service.remove.mutate({ accountId: account.id }))).toBe('NOT_FOUND')
  })

  it('cannot be created by somebody who is no administrator', async () => {
    const { browser } = await signedUp(server)
    const created = browser.api.service.create.mutate({ name: 'Mine', scopes: ['revocations:read'] })
    expect(await refusalReason(created)).toBe('NOT_ALLOWED')
  })

  it('stops when its owner may no longer answer for it', async () => {
    const { browser, user } = await signedInAdministrator(server)
    const { account, key } = await browser.api.service.create.mutate({ name: 'Report', scopes: ['reports:read'] })
    expect((await grant(account.id, key)).status).toBe(200)

    await server.database.orm.update(users).set({ role: 'user' }).where(eq(users.id, user.id))

    expect((await grant(account.id, key)).status).toBe(401)
    expect(await refusalReason(browser.api.service.addKey.mutate({ accountId: account.id }))).toBe('NOT_FOUND')
    expect(await browser.api.service.remove.mutate({ accountId: account.id })).toEqual({ revokedCount: 1 })
  })

  it.each<[string, (userId: string) => Promise<unknown>, (userId: string) => Promise<unknown>]>([
    [
      'is suspended',
      (userId) => admin.api.admin.suspendUser.mutate({ userId, reason: 'Left' }),
      (userId) => admin.api.admin.restoreUser.mutate({ userId, reason: 'Came back' }),
    ],
    [
      'is no administrator any more',
      (userId) => admin.api.admin.changeRole.mutate({ userId, role: 'support', reason: 'Moved' }),
      (userId) => admin.api.admin.changeRole.mutate({ userId, role: 'admin', reason: 'Moved back' }),
    ],
  ])('loses its keys and tokens at once, and for good, when its owner %s', async (_what, unseat, reinstate) => {
    const { browser, email, user } = await signedInAdministrator(server)
    const { account, key } = await browser.api.service.create.mutate({ name: 'Report', scopes: ['revocations:read'] })
    const token = await accessToken(account.id, key)
    const services = server.instances.map((instance) => instance.browser(bearer(token)))
    for (const service of services) expect(reasonOf(await service.query('auth.whoami'))).toBe('NOT_ALLOWED')
    const open = await openStream(services[1] ?? admin, 'revocation.feed')
    await open.next()

    await unseat(user.id)

    expect(reasonOf(await server.browser(bearer(token)).query('auth.whoami'))).toBe('SESSION_REVOKED')
    for (const service of services)
      await expect.poll(async () => reasonOf(await service.query('auth.whoami'))).toBe('SESSION_REVOKED')
    let event = await open.next()
    while (event?.event === 'message') event = await open.next()
    expect(event?.data).toMatchObject({ data: { reason: 'SESSION_REVOKED' } })
    expect((await eventsOf(server, user.id)).filter(({ kind }) => kind === 'service_key_revoked')).toMatchObject([
      { ipAddress: null, device: null },
    ])

    await reinstate(user.id)

    expect((await grant(account.id, key)).status).toBe(401)
    const again = (await signedIn(server, email)).browser
    expect((await again.api.service.list.query()).map(({ keys }) => keys)).toEqual([[]])
    const added = await again.api.service.addKey.mutate({ accountId: account.id })
    expect((await grant(account.id, added.key)).status).toBe(200)
  })

  it('keeps its keys when something else is done to its owner', async () => {
    const { browser, user } = await signedInAdministrator(server)
    const { account, key } = await browser.api.service.create.mutate({ name: 'Report', scopes: ['reports:read'] })

    await admin.api.admin.signOutUser.mutate({ userId: user.id, reason: 'Lost a laptop' })

    expect((await grant(account.id, key)).status).toBe(200)
  })

  it('refuses unreadable scopes, by name', async () => {
    const reply = await admin.mutate('service.create', { name: 'Orders', scopes: ['all of it'] })
    expect(reply).toMatchObject({
      status: 400,
      body: { error: { data: { fields: { 'scopes.0': expect.any(String) } } } },
    })
  })

  it('is found by RFC 8414', async () => {
    const { body } = await server.browser().send('/.well-known/oauth-authorization-server')
    expect(body).toMatchObject({
      issuer: server.config.tokenIssuer,
      token_endpoint: `${server.config.publicUrl}/oauth/token`,
      jwks_uri: `${server.config.publicUrl}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    })
  })

  it('lets keys expire, and no token outlives its key', async () => {
    const owner = (await signedInAdministrator(server)).browser
    const { account, key } = await owner.api.service.create.mutate({
      name: 'Soon over',
      scopes: ['reports:read'],
      expiresInDays: 1,
    })
    server.clock.advance(days(1) - minutes(4))
    expect((await grant(account.id, key)).body).toMatchObject({ expires_in: 240 })
    server.clock.advance(minutes(4))
    expect((await grant(account.id, key)).status).toBe(401)
  })
})
