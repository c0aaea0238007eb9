import { createHmac, createPublicKey, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signedInAdministrator } from '../../harness/administrator.ts'
import { withAuthenticatorApp } from '../../harness/authenticator-app.ts'
import { flipBit, forgeAccessToken, signingKeyOf } from '../../harness/forged-tokens.ts'
import { reasonOf, type TestBrowser } from '../../harness/test-browser.ts'
import { minutes, seconds } from '../../harness/test-clock.ts'
import { type LogLine, password, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
let browser: TestBrowser
let good: string
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
beforeEach(async () => {
  browser = (await signedUp(server)).browser
  good = browser.cookie('access') ?? ''
  // A few signatures have neither of the characters in which the two base64 alphabets differ.
  while (!/[-_]/.test(partsOf(good)[2])) good = await forgeAccessToken(server, good, { claims: { jti: randomUUID() } })
})

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const partsOf = (text: string) => text.split('.') as [header: string, payload: string, signature: string]
const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>

/** Presents a token as bearer and as cookie; both must say the same. Answers the reason that the log gives. */
async function refusalOf(token: string): Promise<unknown> {
  const from = server.logs.length
  const headers = { authorization: `Bearer ${token}` }
  const replies = [
    await server.browser().send('/trpc/auth.whoami', { headers }),
    await server.browser({ headers: { cookie: `access=${token}` } }).query('auth.whoami'),
  ]
  for (const reply of replies) {
    expect(reply.status).toBe(401)
    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
  }
  const reasons = server.logs.slice(from).filter(({ event }) => event === 'access_token_refused')
  expect(reasons).toHaveLength(2)
  expect(reasons[0]?.reason).toBe(reasons[1]?.reason)
  return reasons[0]?.reason
}

it('the token that is mutated below is good as it is, in a cookie and as a bearer', async () => {
  const headers = { authorization: `Bearer ${good}` }
  expect((await server.browser().send('/trpc/auth.whoami', { headers })).status).toBe(200)
  expect((await server.browser({ headers: { cookie: `access=${good}` } }).query('auth.whoami')).status).toBe(200)
  const same = await forgeAccessToken(server, good, {})
  expect((await server.browser({ headers: { cookie: `access=${same}` } }).query('auth.whoami')).status).toBe(200)
})

describe('a token whose signature is not ours is refused', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])('with the algorithm %s and no signature', async (alg) => {
    const [header, payload] = partsOf(good)

    expect(await refusalOf(`${encode({ ...decode(header), alg })}.${payload}.`)).toBe('malformed')
  })

  it.each(['none', 'HS256', 'EdDSA ', 'eddsa', '', null])(
    'with the algorithm %j and the signature kept',
    async (alg) => {
      const [header, payload, signature] = partsOf(good)

      expect(await refusalOf(`${encode({ ...decode(header), alg })}.${payload}.${signature}`)).toMatch(
        /^(wrong_algorithm|malformed)$/,
      )
    },
  )

  it.each<[string, (jwk: JWK) => Buffer | string]>([
    ['its JWK', (jwk) => JSON.stringify(jwk)],
    ['its raw bytes', (jwk) => Buffer.from(jwk.x ?? '', 'base64url')],
    [
      'its PEM',
      (jwk) =>
        createPublicKey({ key: jwk as import('node:crypto').JsonWebKey, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        }),
    ],
  ])('with HS256 and the public key as secret: %s', async (_what, secretOf) => {
    const { publicJwk } = await signingKeyOf(server)
    const [header, payload] = partsOf(good)
    const input = `${encode({ ...decode(header), alg: 'HS256' })}.${payload}`
    const signature = createHmac('sha256', secretOf(publicJwk)).update(input).digest('base64url')

    expect(await refusalOf(`${input}.${signature}`)).toBe('wrong_algorithm')
  })

  it('when it is empty', async () => {
    const [header, payload] = partsOf(good)

    expect(await refusalOf(`${header}.${payload}.`)).toBe('malformed')
  })

  it('when a bit of it has been flipped', async () => {
    const [header, payload, signature] = partsOf(good)

    expect(await refusalOf(`${header}.${payload}.${flipBit(signature, 100)}`)).toBe('bad_signature')
  })

  it('when it belongs to another token', async () => {
    const other = partsOf((await signedUp(server)).browser.cookie('access') ?? '')
    const [header, payload] = partsOf(good)

    expect(await refusalOf(`${header}.${payload}.${other[2]}`)).toBe('bad_signature')
  })

  it('when the payload has been changed under it', async () => {
    const [header, payload, signature] = partsOf(good)

    expect(await refusalOf(`${header}.${encode({ ...decode(payload), role: 'admin' })}.${signature}`)).toBe(
      'bad_signature',
    )
  })

  it('when a stranger made it under our key’s name', async () => {
    const [header, payload] = partsOf(good)
    const { privateKey } = await generateKeyPair('EdDSA')
    const { alg, typ, kid } = decode(header) as { alg: string; typ: string; kid: string }
    const forged = await new SignJWT(decode(payload)).setProtectedHeader({ alg, typ, kid }).sign(privateKey)

    expect(await refusalOf(forged)).toBe('bad_signature')
  })

  it.each(['jwk', 'jku', 'x5u', 'x5c'])(
    'when it brings its own key along in %s, which nobody fetches',
    async (member) => {
      const [header, payload] = partsOf(good)
      const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
      const jwk = await exportJWK(publicKey)
      const url = `${server.url}/fetched-by-mistake`
      const { alg, typ, kid } = decode(header) as { alg: string; typ: string; kid: string }
      const own = { jwk: { jwk }, jku: { jku: url }, x5u: { x5u: url }, x5c: { x5c: ['AAAA'] } }[member]
      const forged = await new SignJWT(decode(payload)).setProtectedHeader({ alg, typ, kid, ...own }).sign(privateKey)
      const from = server.logs.length

      expect(await refusalOf(forged)).toBe('bad_signature')
      const elsewhere = ({ event, procedures }: LogLine) => event === 'request' && procedures === undefined
      expect(server.logs.slice(from).filter(elsewhere)).toEqual([])
    },
  )
})

describe('a token of a key that we do not have is refused', () => {
  it.each<[string, unknown]>([
    ['unknown', 'A'.repeat(43)],
    ['a path', '../../etc/passwd'],
    ['a statement', "' or 1=1 --"],
    ['a property of every object', '__proto__'],
    ['a NUL', 'a\0b'],
    ['a number', 7],
    ['an object', { toString: 1 }],
    ['empty', ''],
  ])('whose name is %s', async (_what, kid) => {
    const [header, payload, signature] = partsOf(good)

    expect(await refusalOf(`${encode({ ...decode(header), kid })}.${payload}.${signature}`)).toMatch(
      /^(unknown_key|malformed)$/,
    )
  })

  it('whose name is missing', async () => {
    const [header, payload, signature] = partsOf(good)
    const { kid: _kid, ...rest } = decode(header)

    expect(await refusalOf(`${encode(rest)}.${payload}.${signature}`)).toBe('unknown_key')
  })
})

describe('a token that we signed for something else is refused', () => {
  it.each<[string, Parameters<typeof forgeAccessToken>[2], string]>([
    ['of another type', { header: { typ: 'JWT' } }, 'wrong_type'],
    ['of an identity token’s type', { header: { typ: 'id+jwt' } }, 'wrong_type'],
    ['of no type', { header: { typ: undefined as unknown as string } }, 'wrong_type'],
    ['of another issuer', { claims: { iss: 'http://localhost:3000/' } }, 'wrong_issuer'],
    ['of several issuers', { claims: { iss: ['http://localhost:3000'] } }, 'wrong_issuer'],
    ['of no issuer', { without: 'iss' }, 'wrong_issuer'],
    ['for another audience', { claims: { aud: 'http://localhost:3001' } }, 'wrong_audience'],
    ['for no audience', { without: 'aud' }, 'wrong_audience'],
    ['that never expires', { without: 'exp' }, 'bad_claims'],
    ['that expires at a time in words', { claims: { exp: '2099-01-01' } }, 'bad_claims'],
    ['that expires at half a second', { claims: { exp: 1795435800.5 } }, 'bad_claims'],
    ['that lives longer than ours do', { claims: { exp: 1795435200 + 86_400 } }, 'bad_claims'],
    ['of no time', { without: 'iat' }, 'bad_claims'],
    ['of no user', { without: 'sub' }, 'bad_claims'],
    ['of a user that is no id', { claims: { sub: 'admin' } }, 'bad_claims'],
    ['of a user that is an object', { claims: { sub: { id: 1 } } }, 'bad_claims'],
    ['of no session', { without: 'sid' }, 'bad_claims'],
    ['of no id', { without: 'jti' }, 'bad_claims'],
    ['of no token version', { without: 'ver' }, 'bad_claims'],
    ['of a token version in words', { claims: { ver: '0' } }, 'bad_claims'],
    ['of no role', { without: 'role' }, 'bad_claims'],
    ['of several roles', { claims: { role: ['user', 'admin'] } }, 'bad_claims'],
    ['of no methods', { without: 'amr' }, 'bad_claims'],
    ['of no time of authentication', { without: 'auth_time' }, 'bad_claims'],
    ['with an extension that it calls critical', { header: { crit: ['x'], x: 1 } as never }, 'malformed'],
  ])('%s', async (_what, change, reason) => {
    const token = await forgeAccessToken(server, good, change).catch(async () => {
      // jose will not write this; whoever holds the key still can.
      const [header, payload, signature] = partsOf(good)
      return `${encode({ ...decode(header), ...change.header })}.${payload}.${signature}`
    })

    expect(await refusalOf(token)).toBe(reason)
  })
})

describe('time', () => {
  const now = () => server.clock.now() / 1000

  it.each<[string, () => Record<string, unknown>, string]>([
    ['comes from the future', () => ({ iat: now() + 6, exp: now() + 600 }), 'clock_skew'],
    ['comes from the far future', () => ({ iat: 7_258_118_400, exp: 7_258_119_000 }), 'clock_skew'],
    ['is not good yet', () => ({ nbf: now() + 6 }), 'clock_skew'],
    ['is of a time in words', () => ({ nbf: 'now' }), 'bad_claims'],
  ])('refuses a token that %s', async (_what, claims, reason) => {
    expect(await refusalOf(await forgeAccessToken(server, good, { claims: claims() }))).toBe(reason)
  })

  it('forgives clocks that differ by five seconds', async () => {
    const token = await forgeAccessToken(server, good, { claims: { iat: now() + 5, nbf: now() + 5, exp: now() + 600 } })

    const reply = await server.browser().send('/trpc/auth.whoami', { headers: { authorization: `Bearer ${token}` } })

    expect(reply.status).toBe(200)
  })

  it.each([
    ['that was never seen', false],
    ['that was good a moment ago', true],
  ])('ends a token %s, five seconds after it says', async (_what, seen) => {
    const asked = async () =>
      (await server.browser().send('/trpc/auth.whoami', { headers: { authorization: `Bearer ${good}` } })).status
    if (seen) expect(await asked()).toBe(200)
    server.clock.advance(minutes(10) + seconds(5))

    expect(await refusalOf(good)).toBe('expired')
    expect(await asked()).toBe(401)
  })
})

describe('a text that is not quite the token is refused', () => {
  it.each<[string, (text: string) => string]>([
    ['padding after it', (text) => `${text}==`],
    ['a dot after it', (text) => `${text}.`],
    ['two more parts', (text) => `${text}.AAAA.AAAA`],
    ['a part less', (text) => text.slice(0, text.lastIndexOf('.'))],
    [
      'another spelling of its signature',
      (text) =>
        `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : text.endsWith('Q') ? 'R' : text.endsWith('g') ? 'h' : 'x'}`,
    ],
    ['the other base64 alphabet', (text) => text.replaceAll('_', '/').replaceAll('-', '+')],
    ['nothing but dots', () => '..'],
    ['a word', () => 'token'],
    ['an object', () => '{}'],
    ['more characters than any token has', (text) => `${text.slice(0, 10)}${'A'.repeat(3_000)}${text.slice(10)}`],
  ])('%s', async (_what, change) => {
    expect(await refusalOf(change(good))).toBe('malformed')
  })

  it.each(['A', 'AA', 'A'.repeat(40)])('as is the token with %s after it, which is another signature', async (more) => {
    expect(await refusalOf(`${good}${more}`)).toMatch(/^(bad_signature|malformed)$/)
  })

  it('and one that no header holds is refused before anything reads it', async () => {
    const headers = { authorization: `Bearer ${'A'.repeat(100_000)}` }

    expect((await server.browser().send('/trpc/auth.whoami', { headers })).status).toBe(431)
  })
})

describe('one kind of token never stands in for the other', () => {
  it('a refresh token as access token', async () => {
    expect(await refusalOf(browser.cookie('refresh') ?? '')).toBe('malformed')
  })

  it('a service key, a half-done sign-in, a known browser and a mailed link as access token', async () => {
    const administrator = await signedInAdministrator(server)
    const { key } = await administrator.browser.api.service.create.mutate({ name: 'Orders', scopes: ['a:b'] })
    const protectedPerson = await signedUp(server)
    await withAuthenticatorApp(protectedPerson.browser, server.clock)
    const half = server.browser()
    await half.api.auth.signIn.mutate({ email: protectedPerson.email, password })
    await protectedPerson.browser.api.account.sendConfirmation.mutate()
    const confirmation = () => server.mails.find(({ to }) => to === protectedPerson.email && /#/.test(linkIn(to).href))
    const linkIn = (to: string) => new URL(/https?:\S+/.exec(mailsTo(to))?.[0] ?? 'http://none')
    const mailsTo = (address: string) =>
      server.mails
        .filter((mail) => mail.to === address)
        .map(({ text }) => text)
        .join('\n')
    await expect.poll(confirmation).toBeDefined()
    const others = [
      key,
      half.lasting.get('challenge'),
      protectedPerson.browser.lasting.get('known'),
      linkIn(protectedPerson.email).hash.slice(1),
    ]

    for (const other of others) {
      expect(other?.length).toBeGreaterThan(20)
      expect(await refusalOf(other ?? '')).toBe('malformed')
    }
  })

  it('a good access token in the place of every other kind', async () => {
    const { email } = await signedUp(server)
    const asChallenge = server.browser({ headers: { cookie: `challenge=${good}` } })
    const asKnown = server.browser({ headers: { cookie: `known=${good}` } })
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: randomUUID(), client_secret: good })

    const replies = [
      await asChallenge.mutate('auth.secondFactor', { kind: 'authenticatorApp', code: '123456' }),
      await asKnown.mutate('auth.signIn', { email, password: 'not the password of anybody' }),
      await server
        .browser()
        .mutate('auth.resetPassword', { token: good.slice(0, 60), newPassword: 'some other words here' }),
      await server.browser().mutate('token.refresh', { refreshToken: good.slice(0, 98) }),
      await server.browser().send('/oauth/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      }),
    ]

    for (const { status, setCookies } of replies) {
      expect([400, 401]).toContain(status)
      expect(setCookies.filter((line) => !line.includes('Max-Age=0'))).toEqual([])
    }
  })

  it('an access token as refresh token', async () => {
    const reply = await server.browser({ headers: { cookie: `refresh=${good}` } }).query('auth.whoami')

    expect(reasonOf(reply)).toBe('NOT_SIGNED_IN')
    expect(reply.setCookies).toEqual([])
  })
})

it.each(['Basic dXNlcjpwYXNz', 'Bearer', 'bearer: x', 'Digest x'])(
  'an Authorization of %j is no bearer: the cookies count',
  async (authorization) => {
    expect((await browser.send('/trpc/auth.whoami', { headers: { authorization } })).status).toBe(200)
  },
)
