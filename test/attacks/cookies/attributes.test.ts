import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withAuthenticatorApp } from '../../harness/authenticator-app.ts'
import { sessionRow } from '../../harness/rows.ts'
import { type Reply, reasonOf, type TestBrowser } from '../../harness/test-browser.ts'
import { days, minutes } from '../../harness/test-clock.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

const newPassword = 'entirely different words this time'

type Path = [name: string, run: (browser: TestBrowser, email: string) => Promise<Reply>]

const pathsThatSet: Path[] = [
  ['signing up', (browser) => browser.mutate('auth.signUp', { email: newEmail(), password })],
  ['signing in', (browser, email) => browser.mutate('auth.signIn', { email, password })],
  [
    'refreshing within a request',
    (browser) => {
      browser.drop('access')
      return browser.query('session.list')
    },
  ],
  ['refreshing explicitly', (browser) => browser.mutate('auth.refresh')],
  [
    'changing the password',
    (browser) => browser.mutate('account.changePassword', { currentPassword: password, newPassword }),
  ],
]

const pathsThatClear: Path[] = [
  ['signing out', (browser) => browser.mutate('auth.signOut')],
  [
    'signing out with an expired access token',
    (browser) => {
      browser.drop('access')
      return browser.mutate('auth.signOut')
    },
  ],
  ['signing out everywhere', (browser) => browser.mutate('session.revokeAll')],
  [
    'revoking this very device',
    async (browser) => {
      const { sessionId } = await browser.api.auth.whoami.query()
      return browser.mutate('session.revoke', { sessionId })
    },
  ],
  [
    'an ended session met with its access token',
    async (browser) => {
      const stolen = browser.clone()
      await browser.mutate('auth.signOut')
      return stolen.query('auth.current')
    },
  ],
  [
    'an ended session met with its refresh token',
    async (browser) => {
      const stolen = browser.clone()
      await browser.mutate('auth.signOut')
      stolen.drop('access')
      return stolen.query('auth.current')
    },
  ],
]

describe.each([
  {
    address: 'http://localhost:3000',
    environment: {},
    access: 'access',
    refresh: 'refresh',
    attributes: 'Path=/; HttpOnly; SameSite=Strict',
  },
  {
    address: 'an https address',
    environment: { PUBLIC_URL: 'https://latchkey.example' },
    access: '__Host-access',
    refresh: '__Host-refresh',
    attributes: 'Path=/; HttpOnly; Secure; SameSite=Strict',
  },
  {
    address: 'an https address with a front end of another origin',
    environment: { PUBLIC_URL: 'https://latchkey.example', COOKIE_SAME_SITE: 'none' },
    access: '__Host-access',
    refresh: '__Host-refresh',
    attributes: 'Path=/; HttpOnly; Secure; SameSite=None',
  },
])('on $address', ({ environment, access, refresh, attributes }) => {
  let server: TestServer
  const origin = environment.PUBLIC_URL ?? 'http://localhost:3000'
  beforeAll(async () => {
    server = await startTestServer({ environment: environment as Record<string, string> })
  })
  afterAll(() => server.close())

  it.each(pathsThatSet)('%s sets both cookies out of reach of scripts, and is not stored', async (_name, run) => {
    const { browser, email } = await signedUp(server, { origin })

    const reply = await run(browser, email)

    expect(reply.status).toBe(200)
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.setCookies.filter((line) => !/known=/.test(line))).toEqual([
      expect.stringMatching(new RegExp(`^${access}=[\\w-]+\\.[\\w-]+\\.[\\w-]+; Max-Age=600; ${attributes}$`)),
      expect.stringMatching(new RegExp(`^${refresh}=[\\w-]{98}; Max-Age=604800; ${attributes}$`)),
    ])
  })

  it('every other cookie, on every path that sets one, is out of reach too, bound to this host, and small', async () => {
    const person = await signedUp(server, { origin })
    const app = await withAuthenticatorApp(person.browser, server.clock)
    server.clock.advance(minutes(1))
    const half = server.browser({ origin })
    const link = async () => {
      await server.browser({ origin }).mutate('auth.requestPasswordReset', { email: person.email })
      const mailed = () => server.mails.findLast(({ to, text }) => to === person.email && /reset-password#/.test(text))
      await expect.poll(mailed).toBeDefined()
      return /reset-password#(\S+)/.exec(mailed()?.text ?? '')?.[1]
    }
    const replies = [
      await server.browser({ origin }).mutate('auth.signUp', { email: newEmail(), password }),
      await half.mutate('auth.signIn', { email: person.email, password }),
      await half.mutate('auth.secondFactor', { kind: 'authenticatorApp', code: app.code() }),
      await server.browser({ origin }).query('auth.passkeyOptions'),
      await server.browser({ origin }).mutate('auth.passkeyOptions'),
      await person.browser.mutate('account.beginPasskey'),
      await person.browser.mutate('account.reauthenticate', { password }),
      await server.browser({ origin }).mutate('auth.resetPassword', { token: await link(), newPassword }),
    ]
    const lines = replies.flatMap(({ setCookies }) => setCookies)
    const prefix = access.replace('access', '')
    const set = lines.map((line) => line.slice(prefix.length, line.indexOf('=')))

    expect([...new Set(set)].sort()).toEqual(['access', 'challenge', 'known', 'refresh'])
    for (const line of lines) {
      expect(line).toMatch(new RegExp(`^${prefix}[a-z]+=[\\w.-]*; Max-Age=\\d+; ${attributes}$`))
      // What browsers keep at least (RFC 6265bis, 5.7), name and value together.
      expect(line.slice(0, line.indexOf(';')).length).toBeLessThan(4_096)
    }
    for (const { setCookies, headers } of replies)
      if (setCookies.length > 0) expect(headers.get('cache-control')).toBe('no-store')
  })

  it.each(pathsThatClear)('%s clears both cookies, once each', async (_name, run) => {
    const { browser, email } = await signedUp(server, { origin })

    const reply = await run(browser, email)

    expect(reply.status).toBe(200)
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.setCookies).toEqual([`${access}=; Max-Age=0; ${attributes}`, `${refresh}=; Max-Age=0; ${attributes}`])
  })
})

describe('cookies of other names', () => {
  let server: TestServer
  const origin = 'https://latchkey.example'
  beforeAll(async () => {
    server = await startTestServer({ environment: { PUBLIC_URL: origin } })
  })
  afterAll(() => server.close())

  it.each([
    ['without the prefix', 'access', 'refresh'],
    ['with the weaker prefix', '__Secure-access', '__Secure-refresh'],
    ['with the prefix in lower case', '__host-access', '__host-refresh'],
    ['with the prefix in upper case', '__HOST-ACCESS', '__HOST-REFRESH'],
  ])('are not ours: %s', async (_what, access, refresh) => {
    const { browser, session } = await signedUp(server, { origin })
    const cookie = `${access}=${browser.cookie('access')}; ${refresh}=${browser.cookie('refresh')}`

    const reply = await server.browser({ headers: { cookie } }).query('auth.whoami')

    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect((await sessionRow(server, session.id)).generation).toBe(0)
  })
})

describe('a cookie lives as long as its token', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      environment: { ACCESS_TOKEN_TTL: '15m', SESSION_IDLE_TTL: '2d', SESSION_ABSOLUTE_TTL: '3d' },
    })
  })
  afterAll(() => server.close())

  const agesOf = (reply: Reply) => reply.setCookies.map((line) => Number(/Max-Age=(\d+)/.exec(line)?.[1]))

  it('which is the idle time, and near its end what is left of the absolute time', async () => {
    const email = newEmail()
    const browser = server.browser()
    // The last one knows this browser again, and opens nothing.
    expect(agesOf(await browser.mutate('auth.signUp', { email, password }))).toEqual([900, 2 * 86_400, 180 * 86_400])

    server.clock.advance(days(1.5))
    expect(agesOf(await browser.query('auth.whoami'))).toEqual([900, 1.5 * 86_400])

    server.clock.advance(days(1.5) - minutes(5))
    expect(agesOf(await browser.query('auth.whoami'))).toEqual([300, 300])
  })
})
