// Builds the server (bundled by esbuild), the dashboard (Vite, compressed) and copies the migrations into dist/. `npm start` calls `ensureBuilt`, which does nothing
// while no source is newer than the last build; instances that are started together wait for one of them to build.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { bundleServer } from './bundle-server.js'
import { compressFiles } from './compress.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const stamp = join(dist, '.built')
const lock = join(root, 'dist.lock')
const sources = [
  'server',
  'web',
  'drizzle',
  'scripts/build.js',
  'scripts/bundle-server.js',
  'scripts/compress.js',
  'vite.config.ts',
  'tsconfig.base.json',
  'package-lock.json',
]

/** The latest change below a path, in milliseconds since the epoch. */
function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

function isBuilt() {
  if (!existsSync(stamp)) return false
  const builtAt = statSync(stamp).mtimeMs
  return sources.every((source) => !existsSync(join(root, source)) || newest(join(root, source)) <= builtAt)
}

function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      // Vite keeps a NODE_ENV that it finds, and a test runner sets one: there is one build, that of production.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(output))))
  })
}

function binary(packageName, path) {
  return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), path)
}

export async function build() {
  // The time of the stamp is the start of the build: whatever is edited meanwhile is newer.
  const startedAt = new Date()
  mkdirSync(dist, { recursive: true })
  rmSync(stamp, { force: true })
  await Promise.all([
    bundleServer(join(root, 'server'), join(dist, 'server')),
    run(binary('vite', 'bin/vite.js'), ['build', '--logLevel', 'warn']),
  ])
  await compressFiles(join(dist, 'web'))
  cpSync(join(root, 'drizzle'), join(dist, 'drizzle'), { recursive: true })
  writeFileSync(stamp, `${startedAt.toISOString()}\n`)
}

function ownerIsGone() {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

/** Builds unless the build is up to date. */
export async function ensureBuilt() {
  for (;;) {
    if (isBuilt()) return
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (ownerIsGone()) rmSync(lock, { recursive: true, force: true })
      await delay(200)
    }
  }
  try {
    writeFileSync(join(lock, 'pid'), String(process.pid))
    process.stderr.write('Building Latchkey (once; about ten seconds) …\n')
    await build()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build()
  } catch (error) {
    process.stderr.write(`The build failed:\n${error.message}\n`)
    process.exit(1)
  }
}
