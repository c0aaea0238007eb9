import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessions, users } from '../../server/database/schema.ts'
import { completed } from '../harness/completed.ts'
import { countRows, eventsOf, sessionRow, userRow } from '../harness/rows.ts'
import { reasonOf, refusalReason } from '../harness/test-browser.ts'
import {
  forgiveSignUps,
  newEmail,
  password,
  signedIn,
  signedUp,
  startTestServer,
  type TestServer,
} from '../harness/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('signing up', () => {
  it('answers the person and their first device, never a token or a hash', async () => {
    const email = newEmail()

    const reply = await server.browser().mutate('auth.signUp', { email, password, name: 'Ada' })

    const now = new Date(server.clock.now()).toISOString()
    expect(reply.body).toEqual({
      result: {
        data: {
          user: { id: expect.any(String), email, name: 'Ada', role: 'user', emailVerified: false, createdAt: now },
          session: {
            id: expect.any(String),
            current: true,
            name: null,
            device: { kind: 'app', browser: 'node', os: null },
            ipAddress: '127.0.0.1',
            firstIpAddress: '127.0.0.1',
            location: null,
            createdAt: now,
            lastActiveAt: now,
            authenticatedAt: now,
            expiresAt: '2026-11-30T12:00:00.000Z',
            amr: ['pwd'],
          },
        },
      },
    })
  })

  it('signs in at once', async () => {
    const { browser, user, session } = await signedUp(server)

    expect(await browser.api.auth.whoami.query()).toMatchObject({ userId: user.id, sessionId: session.id })
    expect((await eventsOf(server, user.id)).map(({ kind }) => kind)).toEqual(['signed_up', 'signed_in'])
  })

  it('keeps an Argon2id hash of at least the recommended cost, and not the password', async () => {
    const { user } = await signedUp(server)

    expect((await userRow(server, user.id)).passwordHash).toMatch(
      /^\$argon2id\$v=19\$m=19456,p=1,t=2\$|^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    )
  })

  it('with white space and capitals around an address is the same address', async () => {
    const email = newEmail()

    const { user } = completed(
      await server.browser().api.auth.signUp.mutate({ email: `  ${email.toUpperCase()} `, password }),
    )

    expect(user.email).toBe(email)
    expect((await signedIn(server, email)).session.current).toBe(true)
  })

  it('replaces the session that the browser held', async () => {
    const { browser, session } = await signedUp(server)

    await browser.api.auth.signUp.mutate({ email: newEmail(), password })

    expect((await sessionRow(server, session.id)).revokedReason).toBe('replaced')
  })
})

describe('an address that is taken', () => {
  it.each<[string, (email: string) => string]>([
    ['as it is', (email) => email],
    ['in capitals', (email) => email.toUpperCase()],
    ['with white space around it', (email) => ` ${email}\t`],
  ])('is refused %s, and nothing changes', async (_what, respell) => {
    const { email, user } = await signedUp(server)
    const before = await countRows(server)
    const browser = server.browser()

    const reply = await browser.mutate('auth.signUp', { email: respell(email), password: 'another long password here' })

    expect(reply.status).toBe(409)
    expect(reasonOf(reply)).toBe('EMAIL_TAKEN')
    expect(browser.cookies.size).toBe(0)
    expect(await countRows(server)).toEqual(before)
    expect((await userRow(server, user.id)).name).toBeNull()
    await signedIn(server, email)
  })

  it('goes to exactly one of those who want it at the same time', async () => {
    await forgiveSignUps(server)
    const email = newEmail()
    const browsers = Array.from({ length: 8 }, () => server.browser())

    const replies = await Promise.all(browsers.map((browser) => browser.mutate('auth.signUp', { email, password })))

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409])
    expect(browsers.filter((browser) => browser.cookies.size > 0)).toHaveLength(1)
    const rows = await server.database.orm.select().from(users).where(eq(users.email, email))
    expect(rows).toHaveLength(1)
    expect(await server.database.orm.$count(sessions, eq(sessions.userId, rows[0]?.id ?? ''))).toBe(1)
  })
})

describe('a new password', () => {
  it.each<[string, string, string, RegExp]>([
    ['too short', 'fourteen chars', 'TOO_SHORT', /at least 15 characters/],
    ['too short although it takes many bytes', '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤', 'TOO_SHORT', /at least 15 characters/],
    ['longer than anybody types', 'correct horse '.repeat(19), 'TOO_LONG', /at most 256 characters/],
    ['one character over and over', 'a'.repeat(30), 'UNIFORM', /different characters/],
    ['two characters over and over', 'abababababababababab', 'UNIFORM', /different characters/],
    ['the address itself', 'someone.special@example.com', 'PERSONAL', /name and your e-mail address/],
    ['the name itself', 'Grace Brewster Murray Hopper', 'PERSONAL', /name and your e-mail address/],
  ])('that is %s is refused with a code and advice', async (_what, weak, problem, advice) => {
    await forgiveSignUps(server)
    const before = await countRows(server)
    const browser = server.browser()

    const reply = await browser.mutate('auth.signUp', {
      email: 'someone.special@example.com',
      password: weak,
      name: 'Grace Brewster Murray Hopper',
    })

    expect(reply.status).toBe(400)
    expect(reply.body).toMatchObject({
      error: {
        data: {
          reason: 'INVALID_INPUT',
          fields: { password: expect.stringMatching(advice) },
          problems: { password: problem },
        },
      },
    })
    expect(JSON.stringify(reply.body)).not.toContain(weak)
    expect(browser.cookies.size).toBe(0)
    expect(await countRows(server)).toEqual(before)
  })

  it.each<[string, string]>([
    ['of fifteen characters', 'correct horse b'],
    ['of 256 characters', 'correct horse ba'.repeat(16)],
    ['of words in another script', 'лошадь батарея скрепка'],
    ['of emoji', '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🐣'],
    ['with white space at its ends', '  correct horse battery  '],
  ])('%s is welcome, verbatim', async (_what, chosen) => {
    await forgiveSignUps(server)
    const email = newEmail()
    await server.browser().api.auth.signUp.mutate({ email, password: chosen })

    const { status } = await server.browser().api.auth.signIn.mutate({ email, password: chosen })
    expect(status).toBe('signedIn')
    expect(await refusalReason(server.browser().api.auth.signIn.mutate({ email, password: `${chosen.trim()}.` }))).toBe(
      'INVALID_CREDENTIALS',
    )
  })

  it('is the same in any spelling of its characters', async () => {
    const email = newEmail()
    await server.browser().api.auth.signUp.mutate({ email, password: 'ﬁve cafés and a café'.normalize('NFD') })

    const spelling = 'five cafés and a café'.normalize('NFC')
    expect((await server.browser().api.auth.signIn.mutate({ email, password: spelling })).status).toBe('signedIn')
  })
})
