import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const linesOf = (file: string) => readFileSync(join(root, file), 'utf8').split('\n')

/** What the Dockerfile copies from the checkout, not from another stage. */
const copied = linesOf('Dockerfile')
  .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
  .flatMap((line) => line.split(/\s+/).slice(1, -1))

it('the image is made of files that are there and that the engine is given', () => {
  const given = linesOf('.dockerignore')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  expect(copied.length).toBeGreaterThan(10)
  for (const path of copied) {
    expect(existsSync(join(root, path)), path).toBe(true)
    expect(
      given.some((pattern) => matchesGlob(path, pattern) || path.startsWith(`${pattern}/`)),
      path,
    ).toBe(true)
  }
})

it('the image has everything that the build needs', () => {
  const build = readFileSync(join(root, 'scripts/build.js'), 'utf8')
  const sources = [...(/const sources = \[([^\]]+)\]/.exec(build)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(
    ([, source = '']) => source,
  )
  expect(sources.length).toBeGreaterThan(5)
  for (const source of sources)
    expect(
      copied.some((path) => path === source || source.startsWith(`${path}/`)),
      source,
    ).toBe(true)
})

it('the image runs as nobody special, and its command line is the server’s own', () => {
  const file = readFileSync(join(root, 'Dockerfile'), 'utf8')
  expect(file).toMatch(/^USER node$/m)
  expect(file).toMatch(/^HEALTHCHECK .*\n.*readyz/m)
  expect(file).not.toMatch(/\bSECRET\b|ENV .*PASSWORD/)
  expect(statSync(join(root, 'deploy/latchkey')).mode & 0o111).toBe(0o111)
  expect(readFileSync(join(root, 'deploy/latchkey'), 'utf8')).toContain('dist/server/main.js command "$@"')
})
