import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

type Locked = { version?: string; optionalDependencies?: Record<string, string> }

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
