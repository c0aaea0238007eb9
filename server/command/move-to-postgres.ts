import { join } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { copyDatabase } from '../database/copy.ts'
import { openDatabase, openPostgres } from '../opening.ts'
import { type Answer, table } from './answer.ts'
import type { Environment, Runner } from './run.ts'

const variable = 'TARGET_DATABASE_URL'

async function move(config: Config, environment: Environment): Promise<Answer> {
  const url = environment[variable]?.trim()
  if (!url || !/^postgres(ql)?:/.test(url) || !URL.canParse(url))
    return {
      kind: 'usage',
      text: `Set ${variable} to the Postgres to move to: postgres://user:password@host:5432/name`,
    }
  if (config.databaseUrl !== null)
    return { kind: 'refused', text: 'DATABASE_URL is set: there is no embedded database here to move from.' }
  const source = await openDatabase(config)
  try {
    const target = await openPostgres(url)
    try {
      const copied = await copyDatabase(source.database.orm, target.database.orm)
      if (copied.kind === 'notEmpty')
        return {
          kind: 'refused',
          text: `${target.describe} is not empty (${copied.tables.join(', ')}). Nothing was changed.`,
        }
      const rows = table(['table', 'rows'], Object.entries(copied.rows))
      const secret = environment.SECRET?.trim()
        ? 'the same SECRET'
        : `SECRET as it stands in ${join(config.dataDirectory, 'secret')}`
      const next = `Everything is in ${target.describe}. Start with DATABASE_URL set to it and ${secret}: nobody is signed out.`
      return { kind: 'done', text: `${rows}\n\n${next}`, data: { rows: copied.rows } }
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

export function addMoveToPostgres(program: Command, { answer, environment }: Runner): void {
  program
    .command('move-to-postgres')
    .description(`copy the embedded database into the empty Postgres of ${variable}; stop the server first`)
    .action(() => answer(async (config) => move(config(), environment)))
}
