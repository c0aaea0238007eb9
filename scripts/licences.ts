// `npm run licences`: whether every package that the lockfile names has a licence that this project can live with. Exits with 1 if one has not.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** They ask for no more than to be named. */
const permissive = [
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'CC-BY-4.0',
]
/** Copyleft by file: for tools that are not delivered. */
const forTools = ['MPL-2.0']

type Locked = { license?: string; version?: string; dev?: boolean; devOptional?: boolean; link?: boolean }

const lockfile = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const { packages } = JSON.parse(readFileSync(lockfile, 'utf8')) as { packages: Record<string, Locked> }
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link)

/** `(MIT OR CC0-1.0)`: one of them will do. `MIT AND ISC`: all must. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const bare = expression.replaceAll(/[()]/g, '')
  return bare.split(' OR ').some((choice) => choice.split(' AND ').every((licence) => allowed.includes(licence.trim())))
}

const refused = installed.filter(([, { license = 'none', dev, devOptional }]) => {
  const isTool = Boolean(dev || devOptional)
  return !isAllowed(license, isTool ? [...permissive, ...forTools] : permissive)
})
for (const [path, { license = 'no licence', version }] of refused)
  process.stderr.write(`${path.replace(/^.*node_modules\//, '')} ${version}: ${license}\n`)
process.stdout.write(`${installed.length} packages, ${refused.length} with a licence that is not on the list\n`)
process.exitCode = refused.length > 0 ? 1 : 0
