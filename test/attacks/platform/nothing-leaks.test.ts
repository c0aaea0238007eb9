import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowsOf } from '../../../server/database/connect.ts'
import { flipBit, forgeRefreshToken, readRefreshToken, signingKeyOf } from '../../harness/forged-tokens.ts'
import type { Reply, TestBrowser } from '../../harness/test-browser.ts'
import { minutes } from '../../harness/test-clock.ts'
import { newEmail, startTestServer, type TestServer, testSecret } from '../../harness/test-server.ts'

/** Everything that must never be found again: each canary under the name of what it is. */
const canaries = new Map<string, string>()
const replies: Reply[] = []
let server: TestServer

const firstPassword = 'the canary sings in the coal mine'
const secondPassword = 'another canary sings above ground'
const wrongPassword = 'no canary has ever sung like this'

/** Notes the tokens that a browser holds, in every spelling in which they could turn up. */
function note(when: string, tokens: { access?: string | undefined; refresh?: string | undefined }): void {
  const { access, refresh } = tokens
  if (access) {
    canaries.set(`access token ${when}`, access)
    canaries.set(`signature of the access token ${when}`, access.split('.')[2] ?? access)
  }
  if (refresh) {
    const { secret } = readRefreshToken(refresh)
    canaries.set(`refresh token ${when}`, refresh)
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      canaries.set(`secret of the refresh token ${when} in ${encoding}`, secret.toString(encoding))
  }
}

const noteCookies = (when: string, browser: TestBrowser) =>
  note(when, { access: browser.cookie('access'), refresh: browser.cookie('refresh') })

const keep = async (call: Promise<Reply>) => {
  const reply = await call
  replies.push(reply)
  return reply
}

/** A whole story: everything that a person, a program and a thief do, and a fault of the server. */
beforeAll(async () => {
  server = await startTestServer()
  canaries.set('SECRET', testSecret)
  canaries.set('first password', firstPassword)
  canaries.set('second password', secondPassword)
  canaries.set('wrong password', wrongPassword)
  const { privateJwk } = await signingKeyOf(server)
  canaries.set('private key', privateJwk.d ?? '')
  canaries.set('private key in hex', Buffer.from(privateJwk.d ?? '', 'base64url').toString('hex'))

  const email = newEmail()
  const browser = server.browser()
  await keep(browser.mutate('auth.signUp', { email, password: firstPassword }))
  noteCookies('of the sign-up', browser)
  await keep(server.browser().mutate('auth.signIn', { email, password: wrongPassword }))
  await keep(server.browser().mutate('auth.signIn', { email, password: { text: wrongPassword } }))
  await keep(server.browser().mutate('auth.signIn', { email: wrongPassword, password: wrongPassword }))
  await keep(
    server.browser().send('/trpc/auth.signIn', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"password":"${wrongPassword}`,
    }),
  )
  await keep(server.browser().mutate('auth.signUp', { email, password: secondPassword }))

  const thief = browser.clone()
  server.clock.advance(minutes(11))
  await keep(browser.query('session.list'))
  noteCookies('after a rotation', browser)
  await keep(browser.mutate('account.reauthenticate', { password: wrongPassword }))
  await keep(browser.mutate('account.reauthenticate', { password: firstPassword }))
  await keep(browser.mutate('account.changePassword', { currentPassword: wrongPassword, newPassword: secondPassword }))
  await keep(browser.mutate('account.changePassword', { currentPassword: firstPassword, newPassword: secondPassword }))
  noteCookies('after a change of password', browser)

  const issued = await server.browser().mutate('token.issue', { email, password: secondPassword })
  const tokens = (issued.body as { result: { data: { accessToken: string; refreshToken: string } } }).result.data
  note('of a program', { access: tokens.accessToken, refresh: tokens.refreshToken })
  const bent = flipBit(tokens.refreshToken, 99)
  canaries.set('bent refresh token', bent)
  await keep(server.browser().mutate('token.refresh', { refreshToken: bent }))
  await keep(server.browser().mutate('token.revoke', { refreshToken: bent }))
  await keep(
    server.browser().send('/trpc/auth.whoami', { headers: { authorization: `Bearer ${tokens.accessToken}x` } }),
  )
  await keep(
    server
      .browser()
      .send(`/trpc/account.activity?input=${encodeURIComponent(JSON.stringify({ cursor: tokens.refreshToken }))}`),
  )
  await keep(
    server
      .browser({ headers: { cookie: `access=${wrongPassword.replaceAll(' ', '-')}; refresh=${bent}` } })
      .query('auth.current'),
  )
  canaries.set('garbage in a cookie', wrongPassword.replaceAll(' ', '-'))
  const forged = forgeRefreshToken(tokens.refreshToken, { generation: 7 })
  note('that was forged', { refresh: forged })
  await keep(server.browser().mutate('token.refresh', { refreshToken: forged }))

  // A column that is missing: the driver's error holds the statement and its parameters.
  await server.database.orm.execute(sql`alter table sessions rename column name to title`)
  const { sessionId } = await browser.api.auth.whoami.query()
  canaries.set('parameter of a failed statement', 'a canary by name')
  await keep(browser.mutate('session.rename', { sessionId, name: 'a canary by name' }))
  await keep(browser.query('session.list'))
  await server.database.orm.execute(sql`alter table sessions rename column title to name`)

  await keep(thief.query('session.list'))
  noteCookies('of the thief', thief)
  await keep(browser.query('session.list'))
  await keep(browser.mutate('auth.signOut'))
})

afterAll(() => server.close())

function expectNone(where: string): void {
  const found = [...canaries].filter(([, canary]) => where.includes(canary)).map(([what]) => what)
  expect(found).toEqual([])
}

describe('after a whole story', () => {
  it('the story has happened', () => {
    const events = new Set(server.logs.map(({ event }) => event))
    const expected = [
      'sign_in_refused',
      'password_change_refused',
      'access_token_refused',
      'refresh_refused',
      'refresh_reused',
    ]
    for (const event of [...expected, 'refresh_alarm', 'internal_error', 'request']) expect(events).toContain(event)
    expect(canaries.size).toBeGreaterThan(25)
    expect(replies.length).toBeGreaterThan(15)
    expect(replies.map(({ status }) => status)).toContain(500)
  })

  it('no log line has a token, a password, a cookie, an input or a parameter', () => {
    expectNone(JSON.stringify(server.logs))
  })

  it('no log line has a statement, a header or an address with its inputs', () => {
    for (const line of server.logs.map((entry) => JSON.stringify(entry)))
      expect(line).not.toMatch(/select |insert into|update "|"headers"|authorization|set-cookie|input=/i)
  })

  it('a fault is logged with what is needed to find it, and the reply has nothing but its id', () => {
    const [fault] = server.takeErrors().filter(({ event }) => event === 'internal_error')
    const [reply] = replies.filter(({ status }) => status === 500)

    expect(fault).toMatchObject({
      procedure: 'session.rename',
      err: { stack: expect.stringMatching(/rename|session/) },
    })
    expect(reply?.body).toEqual({
      error: {
        message: 'Something went wrong here. Nothing is wrong with your request.',
        code: -32603,
        data: {
          code: 'INTERNAL_SERVER_ERROR',
          httpStatus: 500,
          reason: 'INTERNAL_ERROR',
          requestId: fault?.requestId,
          path: 'session.rename',
        },
      },
    })
    expect(reply?.setCookies).toEqual([])
  })

  it('no reply has any of them, outside of the cookies that it sets', () => {
    for (const { headers, body } of replies) {
      const named = Object.fromEntries([...headers].filter(([name]) => name !== 'set-cookie'))
      expectNone(JSON.stringify([named, body]))
    }
  })

  it('no column of any table has any of them', async () => {
    const tables = await rowsOf<{ name: string }>(
      server.database.orm,
      sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
    )
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['attempts', 'security_events', 'sessions', 'signing_keys', 'users']),
    )
    for (const { name } of tables) {
      const rows = await rowsOf<{ row: string }>(
        server.database.orm,
        sql`select to_jsonb(t)::text as row from ${sql.identifier(name)} t`,
      )
      expectNone(rows.map(({ row }) => row).join('\n'))
    }
  })

  it('every refusal that was logged has a reason', () => {
    const refusals = server.logs.filter(({ event }) => /_refused$/.test(event ?? ''))
    expect(refusals.length).toBeGreaterThan(5)
    for (const refusal of refusals) expect(refusal.reason).toMatch(/^[a-zA-Z_]{3,40}$/)
  })

  it('every request was logged once, with its status and without its address', () => {
    const requests = server.logs.filter(({ event }) => event === 'request')
    expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(requests.length)
    for (const request of requests)
      expect(Object.keys(request).sort()).toEqual(
        [
          'event',
          'hostname',
          'level',
          'method',
          'milliseconds',
          'pid',
          'procedures',
          'requestId',
          'status',
          'time',
        ].filter((key) => key in request),
      )
  })
})

it('a line break in what a client says breaks no line of the log', async () => {
  await server.browser().send('/trpc/one%0Atwo%0D%0A{"level":60}')

  // Written when the reply has left; other requests and the feed write lines of their own meanwhile.
  const own = () => server.logs.filter((line) => JSON.stringify(line).includes('one\\ntwo'))
  await expect.poll(() => own().length).toBe(1)
  expect(own().every(({ level }) => level < 50)).toBe(true)
})
