import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { databaseClock } from './clock.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { connectPostgres, type Database, embeddedDatabase, openEmbedded } from './database/connect.ts'
import {
  DataDirectoryError,
  loadOrCreateSecret,
  lockEmbeddedDatabase,
  prepareDataDirectory,
} from './database/data-directory.ts'
import { isDatabaseUnavailable } from './database/faults.ts'
import { migrateEmbedded, migratePostgres } from './database/migrate.ts'
import { type DemoAccount, seedDemo } from './demo.ts'
import { grantRole } from './grant-role.ts'
import { type Locate, nowhere, openLocationDatabase } from './session/location.ts'
import { type Role, roles } from './user/change-role.ts'
import { pageLink } from './user/page-link.ts'
import { offerSetUp } from './user/set-up-link.ts'

type Mode = 'serve' | 'migrate' | 'demo' | 'grant'

/** What is open while the process runs, closed in the reverse order. */
type Opened = { database: Database; describe: string; close(): Promise<void> }

const modes: Record<string, Mode> = { '--migrate': 'migrate', '--demo': 'demo', '--grant': 'grant' }

/** A start that cannot succeed, in one sentence with its remedy. */
class StartError extends Error {}

async function openDatabase(config: Config, mode: Mode): Promise<Opened> {
  if (mode === 'demo') {
    const client = await openEmbedded()
    await migrateEmbedded(client)
    const database = embeddedDatabase(client)
    return { database, describe: 'embedded, in memory: gone when you stop it', close: () => database.close() }
  }
  if (config.databaseUrl === null) {
    const release = lockEmbeddedDatabase(config.dataDirectory)
    const directory = join(config.dataDirectory, 'postgres')
    const client = await openEmbedded({ directory })
    await migrateEmbedded(client)
    const database = embeddedDatabase(client)
    const describe = `embedded Postgres in ${directory} (one process; set DATABASE_URL to run several)`
    return { database, describe, close: () => database.close().finally(release) }
  }
  const { hostname, port, pathname } = new URL(config.databaseUrl)
  try {
    await migratePostgres(config.databaseListenUrl ?? config.databaseUrl)
  } catch (error) {
    throw new StartError(
      isDatabaseUnavailable(error)
        ? `Postgres at ${hostname}:${port || 5432} cannot be reached. Start it, or correct DATABASE_URL.`
        : `Postgres at ${hostname}:${port || 5432} refused to be migrated (${codeOf(error)}). Check the user, password and database in DATABASE_URL.`,
      { cause: error },
    )
  }
  const database = connectPostgres({ url: config.databaseUrl, listenUrl: config.databaseListenUrl })
  return { database, describe: `Postgres at ${hostname}:${port || 5432}${pathname}`, close: () => database.close() }
}

/** The SQLSTATE or system code at the bottom of an error. */
function codeOf(error: unknown): string {
  for (let current = error; current instanceof Error; current = current.cause)
    if ('code' in current && typeof current.code === 'string') return current.code
  return 'unknown reason'
}

async function openLocations({ locationDatabase }: Config): Promise<Locate> {
  if (!locationDatabase) return nowhere
  return openLocationDatabase(locationDatabase).catch((cause: unknown) => {
    throw new StartError(
      `The places in ${locationDatabase} cannot be read. Correct LOCATION_DATABASE, or leave it out.`,
      { cause },
    )
  })
}

function withSecret(config: Config): Config {
  if (config.secrets.length > 0) return config
  return Object.freeze({ ...config, secrets: [loadOrCreateSecret(config.dataDirectory)] })
}

/** Beside the server in a build; in the sources, whatever was built last. */
function builtDashboard(): string | undefined {
  const built = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../dist/web' : '../web', import.meta.url))
  return existsSync(join(built, 'index.html')) ? built : undefined
}

async function listen(app: Awaited<ReturnType<typeof buildApp>>, { host, port, metricsListen }: Config): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const code = codeOf(error)
    if (metricsListen && error instanceof Error && 'port' in error && error.port === metricsListen.port)
      throw new StartError(`METRICS_LISTEN cannot be had (${code}). Set it to a free address of this machine.`, {
        cause: error,
      })
    if (code === 'EADDRINUSE')
      throw new StartError(`Port ${port} is in use. Stop the other program, or set PORT to a free one.`, {
        cause: error,
      })
    if (code === 'EACCES')
      throw new StartError(`This user may not listen on port ${port}. Set PORT to 1024 or higher.`, { cause: error })
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartError(`This machine has no address ${host}. Correct HOST.`, { cause: error })
    throw error
  }
}

/** Where mail goes, without the password that may be in the address. */
function mailMode({ smtpUrl, dataDirectory }: Config): string {
  return smtpUrl
    ? `sent through ${new URL(smtpUrl).host}`
    : `written into ${join(dataDirectory, 'outbox')} (set SMTP_URL to send it)`
}

function announce(
  config: Config,
  { database, demo, setUp }: { database: string; demo: DemoAccount | null; setUp: string | null },
): void {
  const lines = [
    ['Dashboard', config.publicUrl],
    ['API', `${config.publicUrl}/trpc`],
    ['Keys', `${config.publicUrl}/.well-known/jwks.json`],
    ['Database', database],
    ['Mail', mailMode(config)],
    demo
      ? ['Next', `open the dashboard and sign in as ${demo.email} with ${demo.password}`]
      : ['Next', 'open the dashboard, create an account, and sign in from a second browser'],
    ...(setUp === null
      ? []
      : [['Set up', `${pageLink(config, 'set-up', setUp)} (makes you the administrator: once, within 24 hours)`]]),
    ...(demo ? [['Service', `${demo.serviceKey} (for the examples)`]] : []),
    ['Stop', 'Ctrl-C'],
  ]
  const block = lines.map(([label = '', value]) => `  ${label.padEnd(11)}${value}`)
  process.stdout.write(`\nLatchkey is running\n\n${block.join('\n')}\n\n`)
}

/** `npm run grant -- ada@example.com admin` */
async function grant({ database }: Opened, email = '', role = ''): Promise<void> {
  const known = roles.find((name): name is Role => name === role)
  if (!email || !known) throw new StartError(`Say whom and what: npm run grant -- ada@example.com ${roles.join('|')}`)
  const granted = await grantRole(database, databaseClock(), { email, role: known })
  if (granted === 'unknownUser') throw new StartError(`Nobody has signed up as ${email}. Create the account first.`)
  if (granted === 'notAllowed')
    throw new StartError(`${email} is the last administrator. Make somebody else one first: npm run grant`)
  const said = granted === 'done' ? `${email} is ${known} from the next sign-in on.` : `${email} is ${known} already.`
  process.stdout.write(`${said}\n`)
}

async function run(mode: Mode): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const read = readConfig(process.env)
  if (mode === 'demo' && read.production)
    throw new StartError('The demo makes up people and devices. It does not run with NODE_ENV=production.')
  if (read.secrets.length === 0 || (read.databaseUrl === null && mode !== 'demo'))
    prepareDataDirectory(read.dataDirectory)
  const config = withSecret(read)

  const opened = await openDatabase(config, mode)
  if (mode === 'migrate') {
    await opened.close()
    process.stdout.write(`The database is up to date (${opened.describe}).\n`)
    return
  }
  if (mode === 'grant') {
    try {
      await grant(opened, process.argv[3], process.argv[4])
    } finally {
      await opened.close()
    }
    return
  }
  try {
    const clock = databaseClock()
    const dashboardDirectory = builtDashboard()
    const app = await buildApp({
      config,
      database: opened.database,
      clock,
      locate: await openLocations(config),
      ...(dashboardDirectory ? { dashboardDirectory } : {}),
    })
    const graceMilliseconds = config.shutdownDelaySeconds * 1000 + 25_000
    closeWithGrace({ delay: graceMilliseconds, logger: false }, async ({ err }) => {
      if (err) app.log.fatal({ event: 'crashed', err }, 'The process ends after an unforeseen error')
      else await app.drain(config.shutdownDelaySeconds)
      await app.close()
      await opened.close()
    })
    const demo = mode === 'demo' ? await seedDemo(opened.database, clock, config) : null
    const setUp = await opened.database.orm.transaction((transaction) => offerSetUp(transaction, clock))
    await listen(app, config)
    announce(config, { database: opened.describe, demo, setUp })
  } catch (error) {
    await opened.close()
    throw error
  }
}

try {
  await run(modes[process.argv[2] ?? ''] ?? 'serve')
} catch (error) {
  if (error instanceof ConfigError) {
    const problems = error.problems.map(({ variable, problem, remedy }) => `  ${variable} ${problem}. ${remedy}.`)
    process.stderr.write(`Latchkey cannot start with this configuration:\n${problems.join('\n')}\n`)
  } else if (error instanceof StartError || error instanceof DataDirectoryError) {
    process.stderr.write(`${error.message}\n`)
  } else {
    process.stderr.write(`Latchkey could not start: ${codeOf(error)}.\n`)
    if (process.env.LOG_LEVEL === 'debug') console.error(error)
  }
  process.exit(1)
}
