import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { signedInAdministrator } from '../harness/administrator.ts'
import { password, startTestServer } from '../harness/test-server.ts'

const run = promisify(execFile)

/** The command of the docs that calls `path`. */
function documented(path: string): string {
  const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
  const command = [...text.matchAll(/```sh\n(.*?)```/gs)]
    .map(([, code = '']) => code)
    .find((code) => code.includes(path))
  if (!command) throw new Error(`The docs have no command for ${path}`)
  return command
}

it('every curl command of the docs does what it says', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.close())
  const browser = server.browser()
  await browser.api.auth.signUp.mutate({ email: 'ada@example.com', password })

  async function curl(path: string, variables: Record<string, string> = {}): Promise<unknown> {
    const env = { ...process.env, LATCHKEY: server.url, ...variables }
    return JSON.parse((await run('bash', ['-c', documented(path)], { env })).stdout)
  }
  type Grant = { result: { data: { accessToken: string; refreshToken: string; session: { id: string } } } }

  const issued = ((await curl('/trpc/token.issue')) as Grant).result.data
  const refreshed = ((await curl('/trpc/token.refresh', { REFRESH_TOKEN: issued.refreshToken })) as Grant).result.data
  expect(refreshed.session.id).toBe(issued.session.id)
  const ACCESS_TOKEN = refreshed.accessToken
  const listed = (await curl('/trpc/session.list', { ACCESS_TOKEN })) as { result: { data: { id: string }[] } }
  expect(listed.result.data).toHaveLength(2)
  const SESSION_ID = issued.session.id
  expect(await curl('/trpc/session.revoke', { ACCESS_TOKEN, SESSION_ID })).toEqual({
    result: { data: { revokedCount: 1 } },
  })
  expect(await curl('/trpc/session.list', { ACCESS_TOKEN })).toMatchObject({
    error: { data: { reason: 'SESSION_REVOKED' } },
  })

  const administrator = (await signedInAdministrator(server)).browser
  const { account, key } = await administrator.api.service.create.mutate({ name: 'curl', scopes: ['revocations:read'] })
  expect(await curl('/oauth/token', { ACCOUNT_ID: account.id, SERVICE_KEY: key })).toMatchObject({
    token_type: 'Bearer',
    scope: 'revocations:read',
  })
})
