import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listProcedures } from '../../../server/http/explorer/procedures.ts'
import { rawRequest } from '../../harness/raw-request.ts'
import { startTestServer, type TestServer } from '../../harness/test-server.ts'

/** Beside the folder that is served, and hidden in it: what must never come out. */
const canary = 'KANARIENVOGEL'
let folder: string
let server: TestServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-paths-'))
  const served = join(folder, 'web')
  mkdirSync(join(served, 'assets'), { recursive: true })
  mkdirSync(join(served, '.git'))
  writeFileSync(join(folder, 'secret'), canary)
  writeFileSync(join(folder, '.env'), canary)
  writeFileSync(join(served, '.git', 'config'), canary)
  writeFileSync(join(served, 'index.html'), '<!doctype html><script nonce="__CSP_NONCE__"></script>')
  writeFileSync(join(served, 'assets', 'app-1a2b3c.js'), '1')
  server = await startTestServer({ dashboardDirectory: served })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

it('no query takes a secret, which would stand in its address', () => {
  const queries = listProcedures().filter(({ type }) => type !== 'mutation')
  const names = queries.flatMap(({ path, input }) =>
    Object.keys(
      (input ? (z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as { properties?: object }) : {})
        .properties ?? {},
    ).map((name) => `${path} ${name}`),
  )

  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => /password|token|secret|code|key|answer|proof/i.test(name.split(' ')[1] ?? ''))).toEqual(
    [],
  )
})

describe('an address that leads out of what is served', () => {
  it.each([
    '/../secret',
    '/assets/../../secret',
    '/%2e%2e/secret',
    '/assets/%2e%2e%2f%2e%2e%2fsecret',
    '/assets/..%5c..%5csecret',
    '/assets/....//....//secret',
    '/..%00/secret',
    '//etc/passwd',
    '/.env',
    '/../.env',
    '/.git/config',
    '/assets/',
    '/assets',
    '/index.html.br',
    '/explorer/viewer/../../package.json',
    '/explorer/viewer/package.json',
  ])('%s has nothing', async (path) => {
    const reply = await rawRequest(server.url, [`GET ${path} HTTP/1.1`, 'Host: localhost'])

    expect(reply).toMatch(/^HTTP\/1\.1 (200|400|403|404) /)
    expect(reply).not.toMatch(/KANARIENVOGEL|root:|"dependencies"|app-1a2b3c|Index of/)
  })
})
