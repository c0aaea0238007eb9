import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Files of a folder of the repository, as paths from its root. */
function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/node_modules|\/dist/.test(entry.parentPath))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

type Import = { from: string; names: string; what: string; typeOnly: boolean }

/** Every import and re-export of a file; relative ones as paths from the root. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?([^'"`;]*?)\s*(?:from\s+)?'([^']+)'/gm)
  const dynamic = text.matchAll(/\bimport\(\s*()()'([^']+)'/g)
  return [...statements, ...dynamic].map(([, type, names = '', specifier = '']) => {
    const inBraces = /^\{([^}]*)\}$/
      .exec(names)?.[1]
      ?.split(',')
      .filter((name) => name.trim())
    const typeOnly = Boolean(type) || (inBraces?.every((name) => name.trim().startsWith('type ')) ?? false)
    const what = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier
    return { from: file, names, what, typeOnly }
  })
}

const server = filesOf('server').flatMap(importsOf)
const show = ({ from, what, typeOnly }: Import) => `${from} → ${typeOnly ? 'type of ' : ''}${what}`

/** The folder of the server that a path is in, or the file itself at its top. */
const layerOf = (path: string) => path.split('/')[1] ?? path

/** From the bottom up. What stands in one line does not know of each other. */
const layers = [
  ['config.ts', 'clock.ts', 'metrics.ts'],
  ['database', 'token'],
  ['signing', 'mail'],
  ['session', 'user', 'service'],
  ['rpc'],
  ['http'],
  ['opening.ts', 'demo-people.ts'],
  ['app.ts', 'demo.ts', 'grant-role.ts'],
  ['command'],
  ['main.ts'],
]
const heightOf = (layer: string) => layers.findIndex((line) => line.includes(layer))

describe('the server', () => {
  it('has no folder whose place is unknown', () => {
    const placed = readdirSync(join(root, 'server')).filter((name) => name !== 'tsconfig.json')
    expect(placed.filter((name) => heightOf(name) < 0)).toEqual([])
  })

  it('imports one way: from above to below', () => {
    const upwards = server.filter(({ from, what }) => {
      const [importer, imported] = [layerOf(from), layerOf(what)]
      return what.startsWith('server/') && importer !== imported && heightOf(importer) <= heightOf(imported)
    })
    // The context of a call has cookies, and knows of them what they can do, not how.
    expect(upwards.map(show)).toEqual(['server/rpc/context.ts → type of server/http/cookies.ts'])
  })

  it('imports nothing from outside its folder', () => {
    expect(server.filter(({ what }) => /^(\.\.|web|client|test|bench|scripts)\b/.test(what)).map(show)).toEqual([])
  })

  it('writes every import of its own with its ending, and has no file that only passes on', () => {
    const local = server.filter(({ what }) => what.startsWith('server/'))
    expect(local.filter(({ what }) => !/\.tsx?$/.test(what)).map(show)).toEqual([])
    expect(filesOf('server').filter((file) => file.endsWith('/index.ts'))).toEqual([])
  })
})

describe('what a folder of the server is made with', () => {
  const layersThatImport = (name: RegExp, typesToo: boolean) => [
    ...new Set(
      server
        .filter(({ what, typeOnly }) => name.test(what) && (typesToo || !typeOnly))
        .map(({ from }) => layerOf(from)),
    ),
  ]

  it('is Fastify in the app alone, and its types around it', () => {
    expect(layersThatImport(/^fastify$/, false)).toEqual(['app.ts'])
    const below = server.filter(({ from, what }) => what === 'fastify' && heightOf(layerOf(from)) < heightOf('http'))
    expect([...new Set(below.map(({ names }) => names))]).toEqual(['{ FastifyBaseLogger }'])
    expect(
      below.map(({ from }) => layerOf(from)).filter((layer) => !['rpc', 'session', 'signing', 'mail'].includes(layer)),
    ).toEqual([])
  })

  it('is a Fastify plugin in the app and in http alone', () => {
    for (const layer of layersThatImport(/^@fastify\//, true)) expect(['app.ts', 'http']).toContain(layer)
  })

  it('is tRPC in rpc and http alone', () => {
    for (const layer of layersThatImport(/^@trpc\//, true)) expect(['rpc', 'http']).toContain(layer)
  })

  it('is SQL below the procedures alone, and never in a token; a health check may ask', () => {
    const allowed = ['clock.ts', 'database', 'session', 'user', 'service', 'signing', 'mail']
    const others = server.filter(({ from, what }) => /^drizzle-orm/.test(what) && !allowed.includes(layerOf(from)))
    expect(others.map(({ from }) => from)).toEqual(['server/http/health.ts'])
  })

  it('is a database driver in the database alone', () => {
    expect(layersThatImport(/^(postgres|@electric-sql\/pglite|drizzle-orm\/(postgres-js|pglite).*)$/, true)).toEqual([
      'database',
    ])
  })

  it('is a signed token in token and signing alone', () => {
    for (const layer of layersThatImport(/^jose$/, true)) expect(['token', 'signing']).toContain(layer)
  })

  it('is the hashing of passwords in user alone', () => {
    expect(layersThatImport(/^(@node-rs\/argon2|piscina)$/, true)).toEqual(['user'])
  })
})

it('the dashboard and the client know of the server its type alone', () => {
  const crossing = [...filesOf('web'), ...filesOf('client')]
    .flatMap(importsOf)
    .filter(({ what }) => what.startsWith('server/') || what.startsWith('../'))

  for (const one of crossing) expect(show(one)).toBe(`${one.from} → type of server/rpc/router.ts`)
  expect(crossing.some(({ from }) => from.startsWith('web/'))).toBe(true)
})

it('the environment is read in one file', () => {
  const readers = [...filesOf('server'), ...filesOf('web'), ...filesOf('client')].filter((file) =>
    /process\.env|import\.meta\.env\.VITE/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(readers).toEqual(['server/main.ts'])
})

it('nothing but the colour scheme is kept in the storage of a browser, and no script reads a cookie', () => {
  const reading = [...filesOf('web'), ...filesOf('client')].filter((file) =>
    /localStorage|sessionStorage|document\.cookie|indexedDB/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(reading).toEqual(['web/theme.ts'])
})

it('no folder is named for having no name', () => {
  const empty =
    /(^|\/)(utils?|helpers?|common|lib|misc|types|shared|services|managers|controllers|repositories)(\/|\.tsx?$)/
  const files = ['server', 'web', 'client', 'test'].flatMap(filesOf)
  expect(files.filter((file) => empty.test(file))).toEqual([])
})
