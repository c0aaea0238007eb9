import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { router } from '../../server/rpc/router.ts'
import type { TestBrowser } from '../harness/test-browser.ts'
import { newEmail, password, signedUp, startTestServer, type TestServer } from '../harness/test-server.ts'

/** tRPC takes it for what it is anyway; here it sends a request the way of the stock adapter. */
const stock = { 'trpc-accept': 'application/json' }

type Sent = { method?: string; path: string; input?: unknown; text?: string; headers?: Record<string, string> }

const batch = (paths: string[], input?: unknown): Sent => ({
  path: `${paths.join(',')}?batch=1${input === undefined ? '' : `&input=${encodeURIComponent(JSON.stringify(input))}`}`,
})
const query = (path: string, input?: unknown): Sent => ({
  path: input === undefined ? path : `${path}?input=${encodeURIComponent(JSON.stringify(input))}`,
})
const mutation = (path: string, input?: unknown): Sent => ({ method: 'POST', path, input })
const post = (path: string, text: string): Sent => ({ method: 'POST', path, text })
const nobody = '6f1f5d0e-0f2b-4c57-9d5b-0d3c2a1b4e5f'

const requests: Record<string, Sent> = {
  'auth.current': query('auth.current'),
  'auth.whoami': query('auth.whoami'),
  'auth.whoami with an input nobody asked for': query('auth.whoami', { a: 1 }),
  'auth.whoami by POST': mutation('auth.whoami'),
  'auth.whoami by HEAD': { method: 'HEAD', path: 'auth.whoami' },
  'auth.refresh': mutation('auth.refresh'),
  'auth.refresh by GET': query('auth.refresh'),
  'auth.refresh with an unreadable body that it does not read': post('auth.refresh', '{'),
  'auth.signOut': mutation('auth.signOut'),
  'auth.signIn, wrong': mutation('auth.signIn', { email: 'nobody@example.com', password: 'wrong' }),
  'auth.signIn, malformed': post('auth.signIn', '{"email":'),
  'auth.signIn, empty': post('auth.signIn', ''),
  'auth.signIn, null': post('auth.signIn', 'null'),
  'auth.signIn, an array': post('auth.signIn', '[]'),
  'auth.signIn, unknown fields': mutation('auth.signIn', { email: 'x', password: 'y', admin: true }),
  'auth.signIn, a polluted prototype': post('auth.signIn', '{"__proto__":{"a":1},"email":"a@b.cd","password":"x"}'),
  'auth.signUp, a weak password': mutation('auth.signUp', { email: 'weak@example.com', password: 'weak' }),
  'session.list': query('session.list'),
  'session.ended': query('session.ended'),
  'session.rename, unknown': mutation('session.rename', { sessionId: nobody, name: 'x' }),
  'session.rename, bad': mutation('session.rename', { sessionId: 'x', name: '' }),
  'session.revoke, unknown': mutation('session.revoke', { sessionId: nobody }),
  'session.revokeOthers': mutation('session.revokeOthers'),
  'session.revokeAll': mutation('session.revokeAll'),
  'account.activity': query('account.activity', { limit: 3 }),
  'account.activity without its input': query('account.activity'),
  'account.activity with unreadable input': { path: 'account.activity?input=%7B' },
  'account.activity with an empty input': { path: 'account.activity?input=' },
  'account.changePassword, wrong': mutation('account.changePassword', { currentPassword: 'x', newPassword: password }),
  'token.issue, wrong': mutation('token.issue', { email: 'nobody@example.com', password: 'wrong' }),
  'token.refresh, garbage': mutation('token.refresh', { refreshToken: 'garbage' }),
  'token.revoke, garbage': mutation('token.revoke', { refreshToken: 'garbage' }),
  'a batch': batch(['auth.whoami', 'session.list', 'account.activity'], { 2: { limit: 1 } }),
  'a batch of one': batch(['auth.whoami']),
  'a batch with a failure': batch(['auth.whoami', 'account.activity'], { 1: { limit: 1_000 } }),
  'a batch whose input is no object': batch(['auth.whoami', 'account.activity'], 'x'),
  'a batch whose input is an array': batch(['account.activity', 'account.activity'], [{ limit: 1 }, { limit: 2 }]),
  'a batch of mutations': {
    method: 'POST',
    path: 'session.rename,session.revoke?batch=1',
    input: { 0: { sessionId: nobody, name: 'x' }, 1: { sessionId: nobody } },
  },
  'a batch of queries and mutations': batch(['auth.whoami', 'auth.signOut']),
  'a batch with an unknown name': batch(['auth.whoami', 'auth.nothing']),
  'a batch of eleven': batch(Array.from({ length: 11 }, () => 'auth.whoami')),
  'a batch asked for with another word': { path: 'auth.whoami?batch=true' },
  'an unknown name': query('auth.nothing'),
  'a name from the prototype': query('constructor'),
  'a doubly encoded name': query('auth%252Ewhoami'),
  'a badly encoded name': query('auth%25whoami'),
  'a form': { method: 'POST', path: 'auth.signOut', text: 'a=b', headers: { 'content-type': 'text/plain' } },
}

/** Whatever the router has, also what is not in the table above: without input, and with one that fits nothing. */
for (const [path, { _def }] of Object.entries(
  router._def.procedures as unknown as Record<string, { _def: { type: string } }>,
)) {
  // A stream has no end to compare, and only the stock adapter answers one.
  if (_def.type === 'subscription') continue
  for (const input of [undefined, { unknown: 'field' }])
    requests[`${path} ${input ? 'with a foreign input' : 'without input'}`] ??=
      _def.type === 'mutation' ? mutation(path, input) : query(path, input)
}

/** What differs between two people and two moments, and how the bytes are framed, is no difference. */
function comparable(text: string): string {
  return text
    .replaceAll(/[\w-]+\.[\w-]+\.[\w-]{20,}/g, '<jwt>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>')
    .replaceAll(/(198\.51|203\.0)\.\d+\.7/g, '<address>')
    .replaceAll(/person-[\w-]+@/g, '<person>@')
    .replaceAll(/([="])[\w-]{98}/g, '$1<refresh token>')
    .replaceAll(/(challenge|known)=[\w-]{43,64}/g, '$1=<token>')
    .replaceAll(/"challenge":"[\w-]{43}"/g, '"challenge":"<nonce>"')
    .replaceAll(/("secret":"|secret=)[A-Z2-7]{32}/g, '$1<secret>')
    .replaceAll(/"id":"[\w-]{22}"/g, '"id":"<handle>"')
    .replaceAll(/person-[\w-]+%40/g, '<person>%40')
    .replaceAll(/"(id|nextCursor)":"\d+"/g, '"$1":"<id>"')
}

const framing = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'])

async function answer(
  browser: TestBrowser,
  { method, path, input, text, headers }: Sent,
  more: Record<string, string>,
) {
  const body = text ?? (input === undefined ? '' : JSON.stringify(input))
  const posted =
    method === 'POST'
      ? { body, headers: { 'content-type': 'application/json', ...more, ...headers } }
      : { headers: more }
  const response = await browser.fetch(`/trpc/${path}`, { ...(method ? { method } : {}), ...posted })
  const shown = [...response.headers].filter(([name]) => !framing.has(name))
  return {
    status: response.status,
    headers: shown.map(([name, value]) => `${name}: ${comparable(value)}`).sort(),
    body: comparable(await response.text()),
  }
}

describe('the lean way of answering is the stock adapter to the byte', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1/32' } })
  })
  afterAll(() => server.close())

  let networks = 0
  /** Each person from a network of their own, so that no limit is shared. */
  const newPerson = async () => {
    const headers = { 'x-forwarded-for': `198.51.${++networks}.7` }
    return (await signedUp(server, { headers })).browser
  }

  /** Two people who do the same things in the same order, each one way; a new pair when they have been signed out. */
  let pair: TestBrowser[] = []
  const people = async () => {
    if (pair.some((browser) => browser.cookies.size === 0)) pair = []
    while (pair.length < 2) pair.push(await newPerson())
    const [lean, adapter] = pair
    if (!lean || !adapter) throw new Error('Two people are needed')
    return { lean, adapter }
  }
  const strangers = () => {
    const headers = { 'x-forwarded-for': `198.51.${++networks}.7` }
    return { lean: server.browser({ headers }), adapter: server.browser({ headers }) }
  }

  for (const [name, sent] of Object.entries(requests))
    it(name, async () => {
      for (const { lean, adapter } of [await people(), strangers()])
        expect(await answer(lean, sent, {})).toEqual(await answer(adapter, sent, stock))
    })

  it('signing up and in, and refreshing on the way', async () => {
    const credentials = () => ({ email: newEmail(), password })
    for (const [path, people] of [
      ['auth.signUp', 1],
      ['auth.signIn', 2],
      ['token.issue', 2],
    ] as const) {
      const [lean, adapter] = [credentials(), credentials()]
      const replies = []
      for (const [who, more] of [
        [lean, {}],
        [adapter, stock],
      ] as const) {
        const browser = server.browser({ headers: { 'x-forwarded-for': `203.0.${++networks}.7` } })
        if (people === 2) await browser.api.auth.signUp.mutate(who)
        browser.cookies.clear()
        replies.push(await answer(browser, mutation(path, who), more))
        if (path === 'token.issue') continue
        browser.drop('access')
        replies.push(await answer(browser, query('auth.whoami'), more))
      }
      const half = replies.length / 2
      expect(replies.slice(0, half)).toEqual(replies.slice(half))
    }
  })
})
