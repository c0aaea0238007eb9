import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countRows, lastWriteOf, sessionRow, userRow } from '../../harness/rows.ts'
import { type Reply, reasonOf, type TestBrowser } from '../../harness/test-browser.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../../harness/test-server.ts'

let server: TestServer
let browser: TestBrowser
let person: Awaited<ReturnType<typeof signedUp>>
beforeAll(async () => {
  server = await startTestServer()
  person = await signedUp(server)
  browser = person.browser
})
afterAll(() => server.close())

const post = (path: string, body: string) =>
  browser.send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

type ErrorBody = { error: { message: string; code: number; data: Record<string, unknown> } }
const errorOf = (reply: Reply) => (reply.body as ErrorBody).error

/** Runs what must be refused, and makes sure that nothing was written and nothing of ours leaks into the answer. */
async function refused(call: () => Promise<Reply>): Promise<Reply> {
  const before = [await countRows(server), await lastWriteOf(server, person.session.id)]
  const reply = await call()
  expect([await countRows(server), await lastWriteOf(server, person.session.id)]).toEqual(before)
  expect(reply.setCookies).toEqual([])
  expect(reply.headers.get('cache-control')).toBe('no-store')
  expect(JSON.stringify(reply.body)).not.toMatch(/stack|node_modules|\.ts\b|select |insert |postgres|zod/i)
  expect(errorOf(reply).data.requestId).toBe(reply.headers.get('x-request-id'))
  return reply
}

describe('an error', () => {
  it('has this shape and nothing else', async () => {
    const reply = await refused(() => browser.mutate('session.revoke', { sessionId: crypto.randomUUID() }))

    expect(reply.body).toEqual({
      error: {
        message: 'There is nothing here by that name.',
        code: -32004,
        data: {
          code: 'NOT_FOUND',
          httpStatus: 404,
          reason: 'NOT_FOUND',
          requestId: reply.headers.get('x-request-id'),
          path: 'session.revoke',
        },
      },
    })
  })

  it('names each field that is not acceptable, and not what was in it', async () => {
    const reply = await refused(() =>
      browser.mutate('auth.signUp', { email: 'canary-of-an-address', password: '', name: '\n', role: 'admin' }),
    )

    expect(reply.status).toBe(400)
    expect(errorOf(reply)).toEqual({
      message: 'Some of the input is not acceptable.',
      code: -32600,
      data: {
        code: 'BAD_REQUEST',
        httpStatus: 400,
        reason: 'INVALID_INPUT',
        requestId: reply.headers.get('x-request-id'),
        path: 'auth.signUp',
        fields: {
          email: 'Write an e-mail address',
          password: 'Write a password',
          name: 'Write a name',
          role: 'Unknown field',
        },
      },
    })
    expect(JSON.stringify(reply.body)).not.toContain('canary')
  })

  it('outside the procedures has the same shape', async () => {
    for (const path of ['/nothing', '/trpc', '/trpc/auth/current', '/%00', '/trpc/%E0%A4%A']) {
      const reply = await refused(() => browser.send(path))

      expect(Object.keys(errorOf(reply)).sort()).toEqual(['code', 'data', 'message'])
      expect(errorOf(reply).data).toMatchObject({ httpStatus: reply.status, reason: expect.any(String) })
      expect([400, 404]).toContain(reply.status)
    }
  })

  it('has a request id of its own each time, which nobody else chooses', async () => {
    const headers = { 'x-request-id': 'chosen', 'request-id': 'chosen' }
    const ids = [
      await browser.send('/trpc/nothing', { headers }),
      await browser.send('/trpc/nothing', { headers }),
    ].map((reply) => reply.headers.get('x-request-id'))

    expect(new Set([...ids, 'chosen']).size).toBe(3)
  })
})

describe('a body that cannot be read is refused', () => {
  it.each([
    ['cut short', '{"email":"'],
    ['not JSON', 'email=x'],
    ['single-quoted', "{'email':1}"],
    ['with a comment', '{"email":1 /* */}'],
    ['a lone surrogate', '\ud800'],
    ['a NUL', '\0'],
    ['nothing', ''],
  ])('%s', async (_what, body) => {
    const reply = await refused(() => post('/trpc/auth.signIn', body))

    expect(reply.status).toBe(400)
    expect(reasonOf(reply)).toBe('INVALID_INPUT')
    expect(errorOf(reply).data.fields).toEqual({ input: expect.any(String) })
  })

  it('and so is the input of a query', async () => {
    const reply = await refused(() => browser.send('/trpc/account.activity?input={'))

    expect(reply.status).toBe(400)
    expect(errorOf(reply).data.fields).toEqual({ input: expect.any(String) })
  })

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['a number', '7'],
    ['true', 'true'],
    ['lists within lists, thirty thousand deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['objects within objects, ten thousand deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ])('when it is %s instead of an object', async (_what, body) => {
    const reply = await refused(() => post('/trpc/auth.signIn', body))

    expect(reply.status).toBe(400)
    expect(reasonOf(reply)).toBe('INVALID_INPUT')
    expect(Object.keys(errorOf(reply).data.fields ?? {})).not.toEqual([])
  })

  it('when it is larger than any input, before it is parsed', async () => {
    const reply = await refused(() => post('/trpc/auth.signIn', JSON.stringify({ email: 'x'.repeat(70_000) })))

    expect(reply.status).toBe(413)
    expect(reasonOf(reply)).toBe('INVALID_INPUT')
    expect(errorOf(reply).data.fields).toEqual({ input: expect.any(String) })
  })
})

describe('an input with one thing wrong is refused by the name of that thing', () => {
  const email = 'somebody@example.com'
  const sessionId = crypto.randomUUID()

  it.each<[string, object, string]>([
    ['auth.signIn', { email, password, remember: true }, 'remember'],
    ['auth.signIn', { email: [email], password }, 'email'],
    ['auth.signIn', { email: { $ne: null }, password }, 'email'],
    ['auth.signIn', { email }, 'password'],
    ['auth.signIn', { email, password: 123456789012345 }, 'password'],
    ['auth.signIn', { email, password: { length: 20 } }, 'password'],
    ['auth.signIn', { email, password: 'x'.repeat(1_025) }, 'password'],
    ['auth.signIn', { email, password: `${password}\0` }, 'password'],
    ['auth.signIn', { email: `${'x'.repeat(250)}@example.com`, password }, 'email'],
    ['auth.signIn', { email: 'two@example.com, three@example.com', password }, 'email'],
    ['auth.signIn', { email: 'line\nbreak@example.com', password }, 'email'],
    ['auth.signIn', { email: 'nul\0@example.com', password }, 'email'],
    ['auth.signIn', { email, password, deviceName: 'x'.repeat(61) }, 'deviceName'],
    ['auth.signUp', { email, password, role: 'admin' }, 'role'],
    ['auth.signUp', { email, password, emailVerified: true }, 'emailVerified'],
    ['auth.signUp', { email, password, id: sessionId }, 'id'],
    ['auth.signUp', { email, password, constructor: {} }, 'constructor'],
    ['auth.signUp', { email, password, name: 'x'.repeat(101) }, 'name'],
    ['session.revoke', { sessionId: 'x' }, 'sessionId'],
    ['session.revoke', { sessionId: [sessionId] }, 'sessionId'],
    ['session.revoke', { sessionId: `${sessionId}'; drop table users --` }, 'sessionId'],
    ['session.revoke', { sessionId, userId: sessionId }, 'userId'],
    ['session.rename', { sessionId, name: 'x', revokedAt: null }, 'revokedAt'],
    [
      'account.changePassword',
      { currentPassword: password, newPassword: password, revokeOtherSessions: 'no' },
      'revokeOtherSessions',
    ],
    ['account.changePassword', { currentPassword: password, newPassword: null }, 'newPassword'],
    ['token.refresh', { refreshToken: 'x'.repeat(99) }, 'refreshToken'],
    ['token.refresh', { refreshToken: '' }, 'refreshToken'],
    ['token.revoke', { refreshToken: null }, 'refreshToken'],
  ])('%s %j: %s', async (procedure, input, field) => {
    const reply = await refused(() => browser.mutate(procedure, input))

    expect(reply.status).toBe(400)
    expect(reasonOf(reply)).toBe('INVALID_INPUT')
    expect(errorOf(reply).data.fields).toEqual({ [field]: expect.any(String) })
  })

  it('a name of a thousand characters is not repeated whole', async () => {
    const reply = await refused(() => browser.mutate('auth.signIn', { email, password, ['x'.repeat(1_000)]: 1 }))

    expect(errorOf(reply).data.fields).toEqual({ ['x'.repeat(100)]: 'Unknown field' })
  })
})

describe('an input that reaches for the prototype of every object', () => {
  it.each([
    [
      'of the input',
      (address: string) => `{"email":"${address}","password":"${password}","__proto__":{"role":"admin"}}`,
    ],
    [
      'of its constructor',
      (address: string) =>
        `{"email":"${address}","password":"${password}","constructor":{"prototype":{"role":"admin"}}}`,
    ],
  ])('gets nothing: %s', async (_what, bodyFor) => {
    const address = newEmail()
    const reply = await server.browser().send('/trpc/auth.signUp', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: bodyFor(address),
    })

    expect(reply.status).toBe(400)
    expect(errorOf(reply).data.reason).toBe('INVALID_INPUT')
    expect(Object.hasOwn(Object.prototype, 'role')).toBe(false)
    expect((await userRow(server, person.user.id)).role).toBe('user')
  })

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'auth',
    'auth.__proto__',
    'auth.constructor',
    '_def',
    'createCaller',
  ])('finds no procedure called %s', async (name) => {
    for (const reply of [await browser.query(name), await browser.mutate(name, {})]) {
      expect(reply.status).toBe(404)
      expect(reasonOf(reply)).toBe('NOT_FOUND')
    }
  })
})

describe('a batch', () => {
  const names = (count: number) => Array.from({ length: count }, () => 'auth.current').join(',')

  it('of ten calls is answered', async () => {
    const reply = await browser.send(`/trpc/${names(10)}?batch=1&input={}`)

    expect(reply.status).toBe(200)
    expect(reply.body).toHaveLength(10)
  })

  it.each([11, 50])('of %i calls is refused before any of them runs', async (count) => {
    const before = await countRows(server)

    const reply = await browser.send(`/trpc/${names(count)}?batch=1&input={}`)

    expect(reply.status).toBe(400)
    expect(JSON.stringify(reply.body)).toContain('"reason":"INVALID_INPUT"')
    expect(JSON.stringify(reply.body)).not.toContain('"result"')
    expect(await countRows(server)).toEqual(before)
  })

  it('of thousands of calls is refused by the length of its address', async () => {
    expect([400, 404, 414, 431]).toContain((await browser.send(`/trpc/${names(500)}?batch=1&input={}`)).status)
  })

  it.each<[string, string]>([
    ['of nothing', '/trpc/?batch=1'],
    ['of nothing with inputs', '/trpc/?batch=1&input={}'],
    ['of an empty name', '/trpc/,?batch=1'],
    ['of ten empty names', `/trpc/${','.repeat(9)}?batch=1`],
    ['of eleven empty names', `/trpc/${','.repeat(10)}?batch=1`],
    ['of nine hundred empty names', `/trpc/${','.repeat(900)}?batch=1`],
    ['of spaces', '/trpc/%20,%20?batch=1'],
    ['of commas that are written otherwise', '/trpc/%2C%2C%2C?batch=1'],
  ])('%s does nothing, twenty times over', async (_what, path) => {
    const { generation } = await sessionRow(server, person.session.id)
    const before = await countRows(server)

    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 ? browser.send(path) : post(path, at % 4 ? '{}' : '[]'))),
    )

    for (const reply of replies) {
      expect([400, 404, 405, 414]).toContain(reply.status)
      expect(JSON.stringify(reply.body)).not.toMatch(/"result"|INTERNAL_ERROR/)
      expect(reply.setCookies).toEqual([])
    }
    expect(await countRows(server)).toEqual(before)
    expect(await sessionRow(server, person.session.id)).toMatchObject({ generation, revokedAt: null })
  })

  it('answers each call for itself', async () => {
    const reply = await browser.send('/trpc/auth.current,auth.nothing,account.activity?batch=1&input={"2":{"limit":0}}')

    expect(reply.status).toBe(207)
    expect(reply.body).toMatchObject([
      { result: { data: { user: { id: person.user.id } } } },
      { error: { data: { reason: 'NOT_FOUND' } } },
      { error: { data: { reason: 'INVALID_INPUT', fields: { limit: expect.any(String) } } } },
    ])
  })

  it.each(['{', '[]', 'null', '7', '{"x":1}'])('with the inputs %s is no fault', async (inputs) => {
    const reply = await browser.send(`/trpc/account.activity,auth.current?batch=1&input=${encodeURIComponent(inputs)}`)

    expect([200, 207, 400]).toContain(reply.status)
    expect(JSON.stringify(reply.body)).not.toContain('INTERNAL_ERROR')
  })
})

it('a procedure that sets cookies does not answer as a stream, which would lose them', async () => {
  const other = await signedUp(server)

  const reply = await other.browser.mutate('auth.refresh', undefined, { 'trpc-accept': 'application/jsonl' })

  expect(reply.setCookies).toEqual([])
  expect(JSON.stringify(reply.body)).toContain('INVALID_INPUT')
})
