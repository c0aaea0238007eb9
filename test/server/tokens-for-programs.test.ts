import { eq } from 'drizzle-orm'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { users } from '../../server/database/schema.ts'
import { flipBit } from '../harness/forged-tokens.ts'
import { eventsOf, lastWriteOf, sessionRow } from '../harness/rows.ts'
import { reasonOf, refusalReason } from '../harness/test-browser.ts'
import { days, minutes, seconds } from '../harness/test-clock.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** A program that has just been issued tokens for a person who has signed up in a browser. */
async function issued() {
  const person = await signedUp(server)
  const program = server.browser({ origin: null, userAgent: 'backup-job/2.1 (+https://example.com)' })
  const tokens = await program.api.token.issue.mutate({ email: person.email, password })
  const whoami = (accessToken: string) =>
    program.send('/trpc/auth.whoami', { headers: { authorization: `Bearer ${accessToken}` } })
  return { ...person, program, tokens, whoami }
}

describe('token.issue', () => {
  it('answers tokens in the body and never cookies', async () => {
    const { email } = await signedUp(server)

    const reply = await server.browser().mutate('token.issue', { email, password, deviceName: 'Backup job' })

    expect(reply.setCookies).toEqual([])
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.body).toEqual({
      result: {
        data: {
          accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
          refreshToken: expect.stringMatching(/^[\w-]{98}$/),
          tokenType: 'Bearer',
          expiresIn: 600,
          session: expect.objectContaining({ current: true, name: 'Backup job' }),
        },
      },
    })
  })

  it('opens a device of its own and ends no other, not even that of the browser it is called from', async () => {
    const { browser, email, session } = await signedUp(server)

    const tokens = await browser.api.token.issue.mutate({ email, password })

    expect(tokens.session.id).not.toBe(session.id)
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
    expect(await browser.api.session.list.query()).toHaveLength(2)
  })

  it('knows the program by the name it gives itself', async () => {
    const { tokens } = await issued()

    expect(tokens.session.device).toEqual({ kind: 'app', browser: 'backup-job', os: null })
  })

  it('refuses as signing in does', async () => {
    const { email } = await signedUp(server)
    const program = server.browser()

    for (const credentials of [
      { email: newEmail(), password },
      { email, password: `${password}!` },
    ])
      expect(await refusalReason(program.api.token.issue.mutate(credentials))).toBe('INVALID_CREDENTIALS')
  })
})

describe('a bearer', () => {
  it('passes the same verification as a cookie', async () => {
    const { whoami, tokens, user } = await issued()

    expect((await whoami(tokens.accessToken)).body).toMatchObject({
      result: { data: { userId: user.id, sessionId: tokens.session.id } },
    })
    expect((await whoami(flipBit(tokens.accessToken.split('.')[2] ?? '', 0))).status).toBe(401)
    expect((await whoami(tokens.refreshToken)).status).toBe(401)
  })

  it('may call what a browser may', async () => {
    const { program, tokens } = await issued()
    const authorization = `Bearer ${tokens.accessToken}`

    const list = await program.send('/trpc/session.list', { headers: { authorization } })
    const renamed = await program.mutate(
      'session.rename',
      { sessionId: tokens.session.id, name: 'Nightly' },
      { authorization },
    )

    expect(list.body).toMatchObject({ result: { data: [{ id: tokens.session.id, current: true }, {}] } })
    expect(renamed.body).toMatchObject({ result: { data: { name: 'Nightly', current: true } } })
  })

  it('counts instead of the cookies that come along', async () => {
    const { tokens } = await issued()
    const other = await signedUp(server)
    const headers = { authorization: `Bearer ${tokens.accessToken}` }

    const reply = await other.browser.send('/trpc/auth.whoami', { headers })

    expect(reply.body).toMatchObject({ result: { data: { sessionId: tokens.session.id } } })
  })

  it('that is no good is not made good by the cookies that come along', async () => {
    const { browser } = await signedUp(server)

    const reply = await browser.send('/trpc/auth.whoami', { headers: { authorization: 'Bearer nothing' } })

    expect(reply.status).toBe(401)
    expect(reply.setCookies).toEqual([])
  })
})

describe('token.refresh', () => {
  it('answers the next pair of the same session, and never cookies', async () => {
    const { program, tokens, whoami } = await issued()
    server.clock.advance(minutes(20))
    expect((await whoami(tokens.accessToken)).status).toBe(401)

    const reply = await program.mutate('token.refresh', { refreshToken: tokens.refreshToken })

    expect(reply.setCookies).toEqual([])
    const next = (reply.body as { result: { data: typeof tokens } }).result.data
    expect(next).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 600,
      session: { id: tokens.session.id, current: true },
    })
    expect(next.refreshToken).not.toBe(tokens.refreshToken)
    expect((await whoami(next.accessToken)).status).toBe(200)
  })

  it('answers a retry within the window with the identical refresh token', async () => {
    const { program, tokens } = await issued()
    const refresh = () => program.api.token.refresh.mutate({ refreshToken: tokens.refreshToken })
    const first = await refresh()
    server.clock.advance(seconds(29))

    expect((await refresh()).refreshToken).toBe(first.refreshToken)
    server.clock.advance(seconds(1))
    expect(await refusalReason(refresh())).toBe('REFRESH_TOKEN_REUSED')
    expect(await refusalReason(program.api.token.refresh.mutate(first))).toBe('INVALID_INPUT')
    expect(await refusalReason(program.api.token.refresh.mutate({ refreshToken: first.refreshToken }))).toBe(
      'SESSION_REVOKED',
    )
  })

  it.each<[string, (userId: string) => Promise<unknown>, string]>([
    ['has expired', async () => server.clock.advance(days(7)), 'SESSION_EXPIRED'],
    [
      'is of an earlier token version',
      (userId) => server.database.orm.update(users).set({ tokenVersion: 1 }).where(eq(users.id, userId)),
      'SESSION_REVOKED',
    ],
    [
      'is of a suspended user',
      (userId) => server.database.orm.update(users).set({ suspendedAt: new Date() }).where(eq(users.id, userId)),
      'SESSION_REVOKED',
    ],
    [
      'is of a user who is gone',
      (userId) => server.database.orm.delete(users).where(eq(users.id, userId)),
      'NOT_SIGNED_IN',
    ],
  ])('refuses a token that %s, and says why in the log', async (_what, end, reason) => {
    const { program, tokens, user } = await issued()
    await end(user.id)
    const from = server.logs.length

    const reply = await program.mutate('token.refresh', { refreshToken: tokens.refreshToken })

    expect(reply.status).toBe(401)
    expect(reasonOf(reply)).toBe(reason)
    expect(server.logs.slice(from)).toContainEqual(
      expect.objectContaining({
        event: 'refresh_refused',
        reason: expect.stringMatching(/^(expired|revoked|unknown)$/),
      }),
    )
  })

  it('refuses a token with a bit turned over, says why in the log, and ends nothing', async () => {
    const { program, tokens } = await issued()
    const from = server.logs.length

    const reply = await program.mutate('token.refresh', { refreshToken: flipBit(tokens.refreshToken, 300) })

    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(server.logs.slice(from)).toContainEqual(
      expect.objectContaining({ event: 'refresh_refused', reason: 'malformed' }),
    )
    expect(await sessionRow(server, tokens.session.id)).toMatchObject({ generation: 0, revokedAt: null })
  })
})

describe('token.revoke', () => {
  it('ends the session: its access token is refused at once', async () => {
    const { program, tokens, whoami, user } = await issued()

    const reply = await program.mutate('token.revoke', { refreshToken: tokens.refreshToken })

    expect(reply.body).toEqual({ result: { data: {} } })
    expect(reply.setCookies).toEqual([])
    expect(reasonOf(await whoami(tokens.accessToken))).toBe('SESSION_REVOKED')
    expect((await sessionRow(server, tokens.session.id)).revokedReason).toBe('signed_out')
    expect((await eventsOf(server, user.id)).at(-1)).toMatchObject({ kind: 'signed_out' })
  })

  it('answers the same to a token that says nothing, and changes nothing', async () => {
    const { program, tokens } = await issued()
    const written = await lastWriteOf(server, tokens.session.id)

    for (const refreshToken of ['nothing', flipBit(tokens.refreshToken, 8), flipBit(tokens.refreshToken, 580)]) {
      const reply = await program.mutate('token.revoke', { refreshToken })
      expect([reply.status, reply.body]).toEqual([200, { result: { data: {} } }])
    }
    expect(await lastWriteOf(server, tokens.session.id)).toBe(written)
  })

  it('answers the same a second time', async () => {
    const { program, tokens } = await issued()
    await program.mutate('token.revoke', { refreshToken: tokens.refreshToken })

    const reply = await program.mutate('token.revoke', { refreshToken: tokens.refreshToken })

    expect([reply.status, reply.body]).toEqual([200, { result: { data: {} } }])
  })
})

describe('an access token', () => {
  it('claims who, for whom, until when and how, and nothing about the person', async () => {
    const { tokens, user } = await issued()
    const now = server.clock.now() / 1000

    expect(decodeProtectedHeader(tokens.accessToken)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(decodeJwt(tokens.accessToken)).toEqual({
      iss: 'http://localhost:3000',
      aud: 'http://localhost:3000',
      sub: user.id,
      sid: tokens.session.id,
      jti: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      iat: now,
      exp: now + 600,
      auth_time: now,
      amr: ['pwd'],
      role: 'user',
      ver: 0,
    })
  })

  it('names the issuer and audience that are configured', async () => {
    const environment = { TOKEN_ISSUER: 'https://issuer.example', TOKEN_AUDIENCE: 'orders', ACCESS_TOKEN_TTL: '1m' }
    const configured = await startTestServer({ environment })
    const { browser } = await signedUp(configured)

    const { iss, aud, iat = 0, exp = 0 } = decodeJwt(browser.cookie('access') ?? '')

    expect({ iss, aud, lifetime: exp - iat }).toEqual({ iss: 'https://issuer.example', aud: 'orders', lifetime: 60 })
    expect((await browser.query('auth.whoami')).status).toBe(200)
    await configured.close()
  })
})
