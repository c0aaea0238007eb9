import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { databaseClock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Database, Queryable } from '../database/connect.ts'
import { clockOffset, countFeed, notificationDelay, postgresVersion } from '../database/diagnose.ts'
import { withDeadline } from '../database/faults.ts'
import { migrationStatus } from '../database/migrate.ts'
import { codeOf, type Opened, openDatabase, StartError } from '../opening.ts'
import { usableKeys } from '../signing/usable-keys.ts'
import { clockToleranceSeconds } from '../token/access-token.ts'
import { deriveSecrets } from '../token/derived-secrets.ts'
import type { Answer } from './answer.ts'
import { describeFailure } from './describe-failure.ts'
import type { Runner } from './run.ts'

/** One thing that was looked at. `said` ends with the remedy when it is not well. */
type Check = { name: string; ok: boolean; said: string }

const deadlineMilliseconds = 10_000

async function look(name: string, work: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await withDeadline(work(), deadlineMilliseconds)) }
  } catch (error) {
    return { name, ok: false, said: `could not be checked (${codeOf(error)})` }
  }
}

/** Whether what only this user may read is readable by others. */
function checkDataDirectory({ dataDirectory, databaseUrl }: Config, ownSecret: boolean): Omit<Check, 'name'> {
  if (databaseUrl !== null && !ownSecret) return { ok: true, said: 'not used' }
  const open = [dataDirectory, ...(ownSecret ? [join(dataDirectory, 'secret')] : [])].filter(
    (path) => (statSync(path).mode & 0o077) !== 0,
  )
  return open.length === 0
    ? { ok: true, said: `${dataDirectory}, for this user alone` }
    : { ok: false, said: `others may look into ${open.join(' and ')}. Run: chmod go= ${open.join(' ')}` }
}

async function checkDatabase(config: Config, database: Database, describe: string): Promise<Check[]> {
  const { orm } = database
  const reachable = await look('database', async () => {
    const version = await postgresVersion(orm)
    return version >= 15
      ? { ok: true, said: `${describe}, version ${version}` }
      : { ok: false, said: `${describe} is version ${version}. Use Postgres 15 or newer` }
  })
  if (!reachable.ok)
    return [
      { ...reachable, said: `${describe} does not answer well: ${reachable.said}. Start it, or correct DATABASE_URL` },
    ]
  const migrations = await look('migrations', async () => {
    const { applied, pending } = await migrationStatus(orm)
    return pending.length === 0
      ? { ok: true, said: `all ${applied} applied` }
      : { ok: false, said: `${pending.join(', ')} not applied. Run: npx latchkey migrate` }
  })
  return [
    reachable,
    migrations,
    await look('clock', async () => {
      const offset = Math.round(await clockOffset(orm))
      return Math.abs(offset) <= clockToleranceSeconds * 1000
        ? { ok: true, said: `${offset} ms from the database's` }
        : { ok: false, said: `${offset} ms from the database's. Set the clocks of both by NTP` }
    }),
    await look('listener', async () => {
      const milliseconds = await notificationDelay(database)
      return milliseconds !== null
        ? { ok: true, said: `a notification came back after ${Math.round(milliseconds)} ms` }
        : {
            ok: false,
            said: 'a notification did not come back. If DATABASE_URL is a pooler, set DATABASE_LISTEN_URL to the database itself',
          }
    }),
    ...(migrations.ok ? await checkTables(config, orm) : []),
  ]
}

/** What can be looked at only where the tables are as this release expects them. */
async function checkTables(config: Config, orm: Queryable): Promise<Check[]> {
  return [
    await look('signing keys', async () => {
      const { trusted, usable } = await usableKeys(orm, databaseClock(), deriveSecrets(config.secrets))
      if (trusted === 0) return { ok: true, said: 'none yet; the first start makes one' }
      return usable > 0
        ? { ok: true, said: `${usable} of ${trusted} can sign` }
        : { ok: false, said: `none of ${trusted} opens with this SECRET. Set the SECRET of the other instances` }
    }),
    await look('revocation feed', async () => ({
      ok: true,
      said: `readable, ${await countFeed(orm)} recent revocations`,
    })),
  ]
}

async function examine(readConfig: () => Config, environment: Runner['environment']): Promise<Check[]> {
  let config: Config
  try {
    config = readConfig()
  } catch (error) {
    return [{ name: 'configuration', ok: false, said: describeFailure(error) }]
  }
  const checks: Check[] = [
    { name: 'configuration', ok: true, said: config.production ? 'readable, production' : 'readable, not production' },
    await look('data directory', async () => checkDataDirectory(config, !environment.SECRET?.trim())),
  ]
  let opened: Opened
  try {
    opened = await openDatabase(config, { migrate: false })
  } catch (error) {
    const said = error instanceof StartError ? error.message : describeFailure(error)
    return [...checks, { name: 'database', ok: false, said }]
  }
  try {
    return [...checks, ...(await checkDatabase(config, opened.database, opened.describe))]
  } finally {
    await opened.close()
  }
}

export function addDoctor(program: Command, { answer, environment }: Runner): void {
  program
    .command('doctor')
    .description('look at everything that an instance needs, one line each; exit code 1 when something is wrong')
    .action(() =>
      answer(async (config): Promise<Answer> => {
        const checks = await examine(config, environment)
        const text = checks.map(({ name, ok, said }) => `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${said}`).join('\n')
        return { kind: checks.every(({ ok }) => ok) ? 'done' : 'failed', text, data: { checks } }
      }),
    )
}
