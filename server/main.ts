import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { databaseClock } from './clock.ts'
import { describeFailure } from './command/describe-failure.ts'
import { type Config, readConfig } from './config.ts'
import type { DemoAccount } from './demo.ts'
import { logOutput } from './http/logging.ts'
import { codeOf, openDatabase, openInMemory, StartError, settled } from './opening.ts'
import { type Locate, nowhere, openLocationDatabase } from './session/location.ts'
import { pageLink } from './user/page-link.ts'
import { offerSetUp } from './user/set-up-link.ts'

// V8 lets the dead wait until the heap has grown by a factor of its own choice, which rises with the load up to four: memory that is of use to nobody. Half as much again, whatever the load, is room enough.
setFlagsFromString('--heap-growing-percent=50')

type Mode = 'serve' | 'demo' | 'command'

const modes: Record<string, Mode> = { '--demo': 'demo', command: 'command' }

async function openLocations({ locationDatabase }: Config): Promise<Locate> {
  if (!locationDatabase) return nowhere
  return openLocationDatabase(locationDatabase).catch((cause: unknown) => {
    throw new StartError(
      `The places in ${locationDatabase} cannot be read. Correct LOCATION_DATABASE, or leave it out.`,
      { cause },
    )
  })
}

/** Beside the server in a build; in the sources, whatever was built last. */
function builtDashboard(): string | undefined {
  const built = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../dist/web' : '../web', import.meta.url))
  return existsSync(join(built, 'index.html')) ? built : undefined
}

/** Connections that may wait to be accepted when very many come at once; beyond them a client tries again after a whole second. Kernels allow 4096. */
const waitingConnections = 4_096

async function listen(app: Awaited<ReturnType<typeof buildApp>>, { host, port, metricsListen }: Config): Promise<void> {
  try {
    await app.listen({ host, port, backlog: waitingConnections })
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

async function serve(mode: 'serve' | 'demo'): Promise<void> {
  const read = readConfig(process.env)
  if (mode === 'demo' && read.production)
    throw new StartError('The demo makes up people and devices. It does not run with NODE_ENV=production.')
  const config = mode === 'demo' ? settled(read, { needsData: false }) : settled(read)
  const opened = mode === 'demo' ? await openInMemory() : await openDatabase(config)
  try {
    const clock = databaseClock()
    const dashboardDirectory = builtDashboard()
    const app = await buildApp({
      config,
      database: opened.database,
      clock,
      locate: await openLocations(config),
      logStream: logOutput(),
      ...(dashboardDirectory ? { dashboardDirectory } : {}),
    })
    const graceMilliseconds = config.shutdownDelaySeconds * 1000 + 25_000
    closeWithGrace({ delay: graceMilliseconds, logger: false }, async ({ err }) => {
      if (err) app.log.fatal({ event: 'crashed', err }, 'The process ends after an unforeseen error')
      else await app.drain(config.shutdownDelaySeconds)
      await app.close()
      await opened.close()
    })
    const demo = mode === 'demo' ? await (await import('./demo.ts')).seedDemo(opened.database, clock, config) : null
    const setUp = await opened.database.orm.transaction((transaction) => offerSetUp(transaction, clock))
    await listen(app, config)
    announce(config, { database: opened.describe, demo, setUp })
  } catch (error) {
    await opened.close()
    throw error
  }
}

if (existsSync('.env')) process.loadEnvFile('.env')
try {
  const mode = modes[process.argv[2] ?? ''] ?? 'serve'
  // What only one of the modes needs is read in that mode.
  if (mode === 'command') {
    const { runCommand } = await import('./command/run.ts')
    process.exitCode = await runCommand(process.argv.slice(3), process.env)
  } else await serve(mode)
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`)
  if (process.env.LOG_LEVEL === 'debug') console.error(error)
  process.exit(1)
}
