import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outputs } from '../../server/http/explorer/outputs.ts'
import { router } from '../../server/rpc/router.ts'
import { signedInAdministrator } from '../harness/administrator.ts'
import { password, signedIn, startTestServer, type TestServer } from '../harness/test-server.ts'

type Operation = { operationId: string; summary?: string; parameters?: unknown[]; requestBody?: unknown }
type Description = { openapi: string; paths: Record<string, { get?: Operation; post?: Operation }> }

describe('the explorer', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  async function description(): Promise<Description> {
    return (await server.browser().send('/explorer/openapi.json')).body as Description
  }

  it('lists every procedure, with the method and the input that it takes', async () => {
    const { openapi, paths } = await description()
    expect(openapi).toBe('3.1.0')
    const procedures = Object.keys(router._def.procedures).map((path) => `/trpc/${path}`)
    expect(Object.keys(paths).sort()).toEqual([...procedures, '/oauth/token'].sort())
    expect(paths['/trpc/session.list']?.get).toMatchObject({ operationId: 'session.list' })
    expect(paths['/trpc/session.revoke']?.post?.requestBody).toMatchObject({
      content: {
        'application/json': {
          schema: {
            required: ['sessionId'],
            additionalProperties: false,
            properties: { sessionId: { format: 'uuid' } },
          },
        },
      },
    })
    expect(paths['/trpc/account.activity']?.get?.parameters).toMatchObject([
      { name: 'input', in: 'query', content: { 'application/json': { schema: { type: 'object' } } } },
    ])
  })

  it('says what is answered, and so it is: nothing more, nothing less', async () => {
    const { browser, email } = await signedInAdministrator(server)
    const { api } = browser
    const created = await api.service.create.mutate({ name: 'Orders', scopes: ['orders:read'] })
    const phone = await signedIn(server, email)
    const ids = { sessionId: phone.session.id, accountId: created.account.id }
    const answers: [keyof typeof outputs, unknown][] = [
      ['auth.current', await api.auth.current.query()],
      ['auth.whoami', await api.auth.whoami.query()],
      ['auth.refresh', await api.auth.refresh.mutate()],
      ['session.list', await api.session.list.query()],
      ['session.rename', await api.session.rename.mutate({ sessionId: ids.sessionId, name: 'Phone' })],
      ['session.revoke', await api.session.revoke.mutate({ sessionId: ids.sessionId })],
      ['session.ended', await api.session.ended.query()],
      ['token.issue', await server.browser().api.token.issue.mutate({ email, password })],
      ['service.create', created],
      ['service.list', await api.service.list.query()],
      ['service.addKey', await api.service.addKey.mutate({ accountId: ids.accountId })],
      ['service.remove', await api.service.remove.mutate({ accountId: ids.accountId })],
      ['session.revokeOthers', await api.session.revokeOthers.mutate()],
      ['auth.signOut', await api.auth.signOut.mutate()],
    ]
    for (const [path, answer] of answers) expect(outputs[path].parse(answer), path).toEqual(answer)
  })

  it('is a page of its own, under a strict policy, and serves its viewer itself', async () => {
    const browser = server.browser()
    const page = await browser.send('/explorer')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';")
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    for (const [, path = ''] of String(page.body).matchAll(/(?:href|src)="([^"]+)"/g))
      expect((await browser.send(path)).status, path).toBe(200)
    expect((await browser.send('/explorer/viewer/package.json')).status).toBe(404)
  })
})

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://id.example.com',
  DATABASE_URL: 'embedded',
  TRUSTED_PROXIES: '127.0.0.1/32',
}

it.each([
  [{}, 200],
  [{ EXPLORER: 'off' }, 404],
  [production, 404],
  [{ ...production, EXPLORER: 'on' }, 200],
])('with %j the explorer answers %i', async (environment, status) => {
  const server = await startTestServer({ environment })
  const browser = server.browser({ headers: { 'x-forwarded-proto': 'https' } })
  expect((await browser.send('/explorer')).status).toBe(status)
  expect((await browser.send('/explorer/openapi.json')).status).toBe(status)
  await server.close()
})
