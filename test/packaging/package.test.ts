import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** Runs a program; on failure its output is the message. */
async function execute(program: string, args: string[], cwd: string): Promise<string> {
  try {
    return (await run(program, args, { cwd, maxBuffer: 10_000_000 })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${program} ${args.join(' ')}\n${stdout}\n${stderr}`)
  }
}

const installing = ['install', '--no-audit', '--no-fund', '--loglevel=error']

const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: [] as string[],
  },
}

const typed = `
import { createSessionClient } from '@latchkey/client'
import { createTestIssuer } from '@latchkey/client/testing'

const { api } = createSessionClient({ url: 'https://id.example.com', credentials: { email: 'a', password: 'b' } })
const [session] = await api.session.list.query()
const kind: 'desktop' | 'mobile' | 'tablet' | 'app' | 'unknown' | undefined = session?.device.kind
const { revokedCount }: { revokedCount: number } = await api.session.revoke.mutate({ sessionId: '' })
api.session.watch.subscribe(undefined, {
  onData({ data }) {
    if (data.kind === 'ended') data.session.reason.toUpperCase()
  },
})
// @ts-expect-error a misspelt procedure
api.session.lisst.query()
// @ts-expect-error an input of the wrong type
api.session.revoke.mutate({ sessionId: 1 })
// @ts-expect-error an output is not any
const wrong: number = session
console.log(kind, revokedCount, wrong, createTestIssuer)
`

/** What the entry for tRPC adds. tRPC's own declarations speak of `Disposable`. */
const typedForTrpc = `
import { type LatchkeyRouter, requires } from '@latchkey/client/trpc'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'

const input: inferRouterInputs<LatchkeyRouter>['session']['revoke'] = { sessionId: '' }
const output: inferRouterOutputs<LatchkeyRouter>['session']['revoke'] = { revokedCount: 1 }
// @ts-expect-error a misspelt procedure
type Missing = inferRouterInputs<LatchkeyRouter>['session']['revoce']
console.log(input, output, requires())
`

const plain = `
import { createSessionClient, createVerifier, failureOf, permits } from '@latchkey/client'
import * as fastify from '@latchkey/client/fastify'
import { createTestIssuer } from '@latchkey/client/testing'
import * as trpc from '@latchkey/client/trpc'

const issuer = await createTestIssuer()
const verifier = createVerifier({ ...issuer, revocation: { serviceKey: issuer.serviceKey, whenStale: 'refuse' } })
const verification = await verifier.verify(await issuer.token({ role: 'admin' }))
const client = createSessionClient({ url: 'http://127.0.0.1:1', serviceKey: issuer.serviceKey })
const { reason } = await client.api.auth.current.query().catch(failureOf)
verifier.close()
await issuer.close()
const names = [typeof fastify.latchkey, typeof trpc.requires].join()
console.log(JSON.stringify({ permitted: permits(verification.caller, { roles: ['admin'] }), reason, names }))
`

/** The declarations that a program reads for an import of \`entry\`. */
function declarationsFrom(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen
  seen.add(entry)
  for (const [, path = ''] of readFileSync(entry, 'utf8').matchAll(/from '(\.[^']+)'/g))
    declarationsFrom(join(dirname(entry), path.replace(/\.ts$/, '.d.ts')), seen)
  return seen
}

/** The \`ts\` blocks of both READMEs, each a module of its own. */
function readmeBlocks(): string[] {
  const readmes = ['README.md', 'client/README.md'].map((file) => readFileSync(join(root, file), 'utf8'))
  return readmes.flatMap((readme) => [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code))
}

describe('the package as npm delivers it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-consumer-'))
  const tsc = join(folder, 'node_modules/typescript/bin/tsc')
  let tarball: string
  beforeAll(async () => {
    const output = await execute('npm', ['pack', '--json', '--pack-destination', folder], join(root, 'client'))
    const packed = JSON.parse(output.slice(output.search(/^[[{]/m))) as
      | { filename: string }[]
      | Record<string, { filename: string }>
    tarball = join(folder, Object.values(packed)[0]?.filename ?? '')
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    writeFileSync(join(folder, 'typed.ts'), typed)
    writeFileSync(join(folder, 'typed-for-trpc.ts'), typedForTrpc)
    writeFileSync(join(folder, 'plain.js'), plain)
    await execute('npm', [...installing, tarball], folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('installs with its own dependencies and nothing else', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
    // typescript, and with it its binary, is what @trpc/client asks for as a peer.
    expect(installed.filter((name) => !/^@?typescript$/.test(name)).sort()).toEqual(['@latchkey', '@trpc', 'jose'])
  })

  it('holds built files only', () => {
    const files = readdirSync(join(folder, 'node_modules/@latchkey/client'), { recursive: true, encoding: 'utf8' })
    expect(files.filter((name) => !/^dist|^README\.md$|^package\.json$/.test(name))).toEqual([])
    expect(files.filter((name) => /tsbuildinfo|(?<!\.d)\.ts$/.test(name))).toEqual([])
  })

  it('needs nothing of Node, except for testing', () => {
    const dist = join(folder, 'node_modules/@latchkey/client/dist')
    const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
    const needsNode = scripts.filter((name) =>
      /'node:|\bBuffer\b|\bprocess\./.test(readFileSync(join(dist, name), 'utf8')),
    )
    expect(needsNode.every((name) => name.startsWith('testing'))).toBe(true)
  })

  it('type-checks with skipLibCheck: false, and a misspelt procedure does not', async () => {
    await execute(process.execPath, [tsc, '-p', '.'], folder)
  })

  it('weighs less than 40 kB in types', () => {
    const files = declarationsFrom(join(folder, 'node_modules/@latchkey/client/dist/index.d.ts'))
    const bytes = [...files].map((file) => readFileSync(file).length).reduce((sum, length) => sum + length, 0)
    expect(files.size).toBeGreaterThan(5)
    expect(bytes).toBeLessThan(40_000)
  })

  it('works for a program in plain JavaScript', async () => {
    const output = await execute(process.execPath, ['plain.js'], folder)
    expect(JSON.parse(output)).toEqual({ permitted: true, reason: 'NO_CONNECTION', names: 'function,function' })
  })

  it('is clean by publint and are-the-types-wrong', async () => {
    await execute(join(root, 'node_modules/.bin/publint'), ['run', tarball, '--strict'], root)
    await execute(join(root, 'node_modules/.bin/attw'), [tarball, '--profile', 'esm-only', '--no-color'], root)
  })

  it('does what its README says: every block there compiles', async () => {
    await execute('npm', [...installing, 'fastify@5', '@types/node@20'], folder)
    const blocks = readmeBlocks()
    expect(blocks.length).toBeGreaterThan(5)
    for (const [index, code] of blocks.entries())
      writeFileSync(join(folder, `readme-${index}.ts`), `${code}\nexport {}\n`)
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...tsconfig.compilerOptions, skipLibCheck: true, types: ['node'] } }),
    )
    await execute(process.execPath, [tsc, '-p', '.'], folder)
  })
})
