import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createSessionClient,
  type Failure,
  failureOf,
  type SessionClientOptions,
  type Tokens,
} from '../../client/index.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { days, minutes, seconds } from '../harness/test-clock.ts'
import { password, signedIn, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'
import { recordedFetch } from './recorded-fetch.ts'

async function failure(call: Promise<unknown>): Promise<Failure> {
  try {
    await call
  } catch (error) {
    return failureOf(error)
  }
  throw new Error('The call was expected to fail')
}

describe('createSessionClient', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  async function setUp(more: Partial<SessionClientOptions> = {}) {
    const { email, browser } = await signedUp(server)
    const network = recordedFetch()
    const ended: Failure[] = []
    const client = createSessionClient({
      url: `${server.url}/`,
      credentials: { email, password, deviceName: 'Nightly report' },
      fetch: network.fetch,
      now: server.clock.now,
      onSessionEnded: (reason) => ended.push(reason),
      ...more,
    } as SessionClientOptions)
    return { client, network, ended, email, browser }
  }

  it('signs in when it is first needed, once for any number of calls, which share a request', async () => {
    const { client, network } = await setUp()
    expect(network.take()).toEqual([])

    const [whoami, ...lists] = await Promise.all([
      client.api.auth.whoami.query(),
      ...Array.from({ length: 8 }, () => client.api.session.list.query()),
    ])

    expect(lists[0]).toContainEqual(expect.objectContaining({ id: whoami.sessionId, name: 'Nightly report' }))
    expect(network.take()).toEqual(['token.issue', `auth.whoami${',session.list'.repeat(8)}`])
  })

  it('refreshes ahead of expiry, in one flight for any number of calls', async () => {
    const { client, network } = await setUp()
    const before = await client.accessToken()
    server.clock.advance(minutes(9) + seconds(40))
    network.take()

    const texts = await Promise.all(Array.from({ length: 30 }, () => client.accessToken()))

    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).not.toBe(before)
    expect(network.take()).toEqual(['token.refresh'])
  })

  it('refreshes on 401 when its own clock is behind, and tries each call once more', async () => {
    const now = server.clock.now()
    const { client, network } = await setUp({ now: () => now })
    await client.accessToken()
    network.take()
    server.clock.advance(minutes(11))

    await Promise.all([client.api.auth.whoami.query(), client.api.session.list.query()])

    const first = 'auth.whoami,session.list'
    expect(network.take()).toEqual([first, 'token.refresh', first])
  })

  it('never loops: a call that is refused again fails', async () => {
    const { client, network } = await setUp()
    await client.accessToken()
    network.take()
    network.instead((url) =>
      url.includes('whoami')
        ? Response.json(
            [
              {
                error: {
                  message: '',
                  code: -32001,
                  data: { reason: 'NOT_SIGNED_IN', requestId: 'r', httpStatus: 401 },
                },
              },
            ],
            { status: 401 },
          )
        : null,
    )
    expect(await failure(client.api.auth.whoami.query())).toMatchObject({ reason: 'NOT_SIGNED_IN', sessionEnded: true })
    expect(network.take()).toEqual(['auth.whoami', 'token.refresh', 'auth.whoami'])
  })

  it('stays signed out when somebody ends its session, says so once, and asks nobody any more', async () => {
    const { client, network, ended, browser } = await setUp()
    const { sessionId } = await client.api.auth.whoami.query()
    await browser.api.session.revoke.mutate({ sessionId })
    network.take()

    const failures = await Promise.all([
      failure(client.api.auth.whoami.query()),
      failure(client.api.session.list.query()),
    ])
    expect(failures).toMatchObject([{ reason: 'SESSION_REVOKED' }, { reason: 'SESSION_REVOKED', retryable: false }])
    network.take()
    expect(await failure(client.api.session.list.query())).toMatchObject({
      reason: 'SESSION_REVOKED',
      sessionEnded: true,
    })

    expect(network.take()).toEqual([])
    expect(ended).toMatchObject([{ reason: 'SESSION_REVOKED' }])
  })

  it('learns of the revocation when it refreshes, too', async () => {
    const { client, ended, browser } = await setUp()
    const { sessionId } = await client.api.auth.whoami.query()
    await browser.api.session.revoke.mutate({ sessionId })
    server.clock.advance(minutes(11))
    expect(await failure(client.accessToken())).toMatchObject({ reason: 'SESSION_REVOKED' })
    expect(ended).toHaveLength(1)
  })

  it('signs in anew when its session has run out', async () => {
    const { client, network, ended } = await setUp()
    const before = await client.api.auth.whoami.query()
    server.clock.advance(days(8))
    network.take()

    const after = await client.api.auth.whoami.query()

    expect(after.userId).toBe(before.userId)
    expect(after.sessionId).not.toBe(before.sessionId)
    expect(network.take()).toEqual(['token.refresh', 'token.issue', 'auth.whoami'])
    expect(ended).toEqual([])
  })

  it('tries a wrong password once, not with every call', async () => {
    const { client, network } = await setUp({ credentials: { email: 'nobody@example.com', password: 'wrong' } })
    expect(await failure(client.api.auth.whoami.query())).toMatchObject({
      reason: 'INVALID_CREDENTIALS',
      retryable: false,
    })
    expect(await failure(client.api.auth.whoami.query())).toMatchObject({ reason: 'INVALID_CREDENTIALS' })
    expect(network.take()).toEqual(['token.issue'])
  })

  it('obeys Retry-After: until then it fails by itself', async () => {
    const { client, network } = await setUp()
    network.instead(() =>
      Response.json(
        {
          error: {
            message: 'Too many attempts.',
            code: -32029,
            data: { reason: 'TOO_MANY_ATTEMPTS', retryAfterSeconds: 60, requestId: 'r', httpStatus: 429 },
          },
        },
        { status: 429 },
      ),
    )
    const throttled = { reason: 'TOO_MANY_ATTEMPTS', retryable: true, retryAfterSeconds: 60, sessionEnded: false }
    expect(await failure(client.accessToken())).toMatchObject(throttled)
    network.goOnline()
    server.clock.advance(seconds(59))
    expect(await failure(client.accessToken())).toMatchObject(throttled)
    expect(network.take()).toEqual(['token.issue'])

    server.clock.advance(seconds(1))
    expect(await client.accessToken()).toMatch(/^ey/)
  })

  it('says that it is offline, keeps the session, and goes on when the network is back', async () => {
    const { client, network, ended } = await setUp()
    const { sessionId } = await client.api.auth.whoami.query()
    server.clock.advance(minutes(11))
    network.goOffline()
    expect(await failure(client.api.auth.whoami.query())).toMatchObject({ reason: 'NO_CONNECTION', retryable: true })
    network.goOnline()
    server.clock.advance(seconds(1))

    expect((await client.api.auth.whoami.query()).sessionId).toBe(sessionId)
    expect(ended).toEqual([])
  })

  it('recovers a refresh whose reply was lost', async () => {
    const { client, network } = await setUp()
    const { sessionId } = await client.api.auth.whoami.query()
    server.clock.advance(minutes(11))
    network.loseNextReply()
    expect(await failure(client.accessToken())).toMatchObject({ reason: 'NO_CONNECTION' })
    server.clock.advance(seconds(2))

    expect((await client.api.auth.whoami.query()).sessionId).toBe(sessionId)
  })

  it('can be cancelled', async () => {
    const { client } = await setUp()
    const abort = new AbortController()
    const call = failure(client.api.session.list.query(undefined, { signal: abort.signal }))
    abort.abort()
    expect(await call).toMatchObject({ reason: 'CANCELLED', retryable: false })
  })

  it('keeps tokens where it is told to, and another process goes on with them', async () => {
    let stored: Tokens | null = null
    const storage = {
      load: () => stored,
      save(tokens: Tokens | null) {
        stored = tokens
      },
    }
    const { client, email } = await setUp({ storage })
    const { sessionId } = await client.api.auth.whoami.query()

    const network = recordedFetch()
    const next = createSessionClient({
      url: server.url,
      credentials: { email, password },
      storage,
      fetch: network.fetch,
      now: server.clock.now,
    })
    expect((await next.api.auth.whoami.query()).sessionId).toBe(sessionId)
    expect(network.take()).toEqual(['auth.whoami'])

    await next.signOut()
    expect(stored).toBeNull()
    expect(network.take()).toEqual(['token.revoke'])
  })

  it('goes on with tokens that somebody else obtained, and cannot begin a session without any', async () => {
    const { email } = await signedUp(server)
    const tokens = await server.browser().api.token.issue.mutate({ email, password })
    const client = createSessionClient({ url: server.url, tokens, now: server.clock.now })
    expect((await client.api.auth.whoami.query()).sessionId).toBe(tokens.session.id)
    server.clock.advance(minutes(11))
    expect((await client.api.auth.whoami.query()).sessionId).toBe(tokens.session.id)
    server.clock.advance(days(8))
    expect(await failure(client.api.auth.whoami.query())).toMatchObject({ reason: 'SESSION_EXPIRED' })
  })

  it('keeps a subscription through refreshes, without a gap', async () => {
    const { client, email, network } = await setUp()
    const kinds: string[] = []
    const opened: string[] = []
    const errors: unknown[] = []
    const subscription = client.api.session.watch.subscribe(undefined, {
      onData({ data }) {
        kinds.push(data.kind)
        if (data.kind === 'opened') opened.push(data.session.id)
      },
      onError: (error) => errors.push(error),
    })
    await expect.poll(() => kinds).toEqual(['watching'])
    server.clock.advance(minutes(11))
    await expect
      .poll(() => network.requests.filter((path) => path === 'session.watch').length, { timeout: 8_000 })
      .toBe(2)

    const phone = await signedIn(server, email)

    await expect.poll(() => opened, { timeout: 8_000 }).toContain(phone.session.id)
    expect(errors).toEqual([])
    subscription.unsubscribe()
  })

  it('ends a subscription when the session ends', async () => {
    const { client, browser, ended } = await setUp()
    const { sessionId } = await client.api.auth.whoami.query()
    const reason = new Promise((resolve) => {
      client.api.session.watch.subscribe(undefined, { onError: (error) => resolve(failureOf(error).reason) })
    })
    await browser.api.session.revoke.mutate({ sessionId })
    expect(await reason).toBe('SESSION_REVOKED')
    expect(ended).toHaveLength(1)
  })

  it('calls in the name of a service account, and is told when the key is revoked', async () => {
    const { browser } = await signedInAdministrator(server)
    const { account, key } = await browser.api.service.create.mutate({ name: 'Orders', scopes: ['revocations:read'] })
    const { client, network, ended } = await setUp({ serviceKey: key } as Partial<SessionClientOptions>)
    expect(await failure(client.api.auth.whoami.query())).toMatchObject({ reason: 'NOT_ALLOWED', sessionEnded: false })
    expect(network.take()).toEqual(['/oauth/token', 'auth.whoami'])
    server.clock.advance(minutes(11))
    expect(await client.accessToken()).toMatch(/^ey/)

    await browser.api.service.remove.mutate({ accountId: account.id })

    expect(await failure(client.api.auth.whoami.query())).toMatchObject({ reason: 'SESSION_REVOKED' })
    expect(ended).toMatchObject([{ reason: 'SESSION_REVOKED' }])
  })
})
