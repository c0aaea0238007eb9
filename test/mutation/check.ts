import { type ChildProcess, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { migratePostgres } from '../../server/database/migrate.ts'
import { createPostgresServer, databaseUrl } from '../harness/postgres-server.ts'
import { type Mutation, mutations, otherTests } from './mutations.ts'

/**
 * Takes each safeguard out of a copy of the server in turn and runs the tests: at least one must fail. Arguments choose mutations
 * by words of their file or name. Exits with 1 when one survives, or when its text is no longer there.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const parallel = 2
const templateName = `latchkey_mutation_${process.pid}`

type Verdict =
  | { kind: 'killed'; by: string; file: string | undefined }
  | { kind: 'survived' }
  /** The tests say nothing about it: it is no program, or they fail without it too. */
  | { kind: 'broken'; output: string }

type Report = {
  numTotalTests: number
  success: boolean
  testResults: { name: string; message: string; assertionResults: { status: string; fullName: string }[] }[]
}

const running = new Set<ChildProcess>()

function copyOfTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-mutation-'))
  for (const part of ['server', 'test', 'client', 'scripts', 'drizzle', 'package.json', 'tsconfig.base.json'])
    if (existsSync(join(root, part)))
      cpSync(join(root, part), join(folder, part), {
        recursive: true,
        filter: (path) => !path.includes('node_modules'),
      })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

type Environment = Record<string, string>

async function runTests(
  folder: string,
  tests: readonly string[],
  environment: Record<string, string>,
): Promise<Verdict> {
  const reportFile = join(folder, 'report.json')
  rmSync(reportFile, { force: true })
  const reporter = ['--reporter=json', `--outputFile=${reportFile}`]
  const vitest = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', 'test/mutation/vitest.config.ts']
  const child = spawn(process.execPath, [...vitest, '--bail=1', ...reporter, ...tests], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-2_000)
    })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  running.delete(child)
  if (!existsSync(reportFile)) return { kind: 'broken', output }
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report
  if (report.numTotalTests === 0) return { kind: 'broken', output: report.testResults[0]?.message ?? output }
  if (code === 0 && report.success) return { kind: 'survived' }
  const failed = report.testResults.find(({ assertionResults, message }) => message || assertionResults.some(isFailure))
  const by = failed?.assertionResults.find(isFailure)?.fullName.trim() ?? failed?.message ?? output
  return { kind: 'killed', by, file: failed && relative(realpathSync(folder), failed.name) }
}

const isFailure = ({ status }: { status: string }) => status === 'failed'

/** The text of a file with the safeguard gone; an error unless the text is there once. */
function mutated({ file, text, becomes, name }: Mutation): string {
  const source = readFileSync(join(root, file), 'utf8')
  const found = source.split(text).length - 1
  if (found !== 1) throw new Error(`${file}: “${name}” looks for a text that is there ${found} times:\n${text}`)
  return source.replace(text, () => becomes)
}

/** The tests that should notice, then the others. */
async function judge(folder: string, mutation: Mutation, environment: Environment): Promise<Verdict> {
  const file = join(folder, mutation.file)
  const source = readFileSync(file, 'utf8')
  writeFileSync(file, mutated(mutation))
  try {
    const tests = mutation.tests.filter((test) => existsSync(join(folder, test)))
    const first =
      tests.length > 0
        ? await runTests(folder, tests, { ...environment, ...(mutation.alone && { MODEL_RUNS: '40' }) })
        : { kind: 'survived' as const }
    if (first.kind !== 'survived' || mutation.equivalent || mutation.alone) return first
    const second = await runTests(folder, otherTests, environment)
    if (second.kind !== 'killed' || !second.file) return second
    // Of all the tests, one may fail for a reason of its own.
    writeFileSync(file, source)
    const untouched = await runTests(folder, [second.file], environment)
    return untouched.kind === 'survived' ? second : { kind: 'broken', output: `fails by itself: ${second.by}` }
  } finally {
    writeFileSync(file, source)
  }
}

const words = process.argv.slice(2)
const chosen = mutations.filter(({ file, name }) => words.every((word) => `${file} ${name}`.includes(word)))
const stale = mutations.flatMap((mutation) => {
  try {
    mutated(mutation)
    return []
  } catch (error) {
    return [String(error)]
  }
})
if (stale.length > 0 || chosen.length === 0) {
  console.error(stale.join('\n\n') || 'No mutation has these words.')
  process.exit(1)
}

const server = process.env.TEST_DATABASE_URL ? null : await createPostgresServer()
const folders: string[] = []
let template: postgres.Sql | undefined
const problems: string[] = []
const startedAt = Date.now()

const queue = [...chosen]
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    queue.length = 0
    for (const child of running) child.kill()
    process.exitCode = 130
  })

try {
  await server?.start()
  const url = process.env.TEST_DATABASE_URL ?? server?.url ?? ''
  template = postgres(url, { max: 1, onnotice: () => {} })
  await template.unsafe(`create database ${templateName}`)
  await migratePostgres(databaseUrl(url, templateName))
  const environment = { MUTATION_DATABASE_URL: url, MUTATION_TEMPLATE: templateName, MODEL_SHRINK: 'off' }

  folders.push(...Array.from({ length: parallel }, copyOfTree))
  const [firstFolder = ''] = folders
  const needed = [...new Set(chosen.flatMap(({ tests }) => tests))].filter((test) => existsSync(join(root, test)))
  const untouched = await runTests(firstFolder, needed, environment)
  if (untouched.kind !== 'survived') throw new Error(`The tests fail by themselves: ${JSON.stringify(untouched)}`)

  await Promise.all(
    folders.map(async (folder) => {
      for (let mutation = queue.shift(); mutation; mutation = queue.shift()) {
        const verdict = await judge(folder, mutation, environment)
        report(mutation, verdict)
      }
    }),
  )
} finally {
  await template?.unsafe(`drop database if exists ${templateName} with (force)`)
  await template?.end()
  await server?.destroy()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

function report({ file, name, equivalent }: Mutation, verdict: Verdict): void {
  const title = `${file}: ${name}`
  if (verdict.kind === 'broken') {
    problems.push(`${title}\n  proves nothing: ${verdict.output}`)
    console.log(`broken     ${title}`)
  } else if (verdict.kind === 'killed') {
    if (equivalent) problems.push(`${title}\n  is listed as equivalent, yet a test fails: ${verdict.by}`)
    console.log(`killed     ${title}\n             by ${verdict.by.split('\n')[0]}`)
  } else if (equivalent) console.log(`equivalent ${title}\n             ${equivalent}`)
  else {
    problems.push(`${title}\n  survived every test`)
    console.log(`SURVIVED   ${title}`)
  }
}

const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1)
console.log(`\n${chosen.length} mutations in ${minutes} minutes, ${problems.length} problems`)
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
}
