import type { Command } from 'commander'
import { migrationStatus } from '../database/migrate.ts'
import type { Runner } from './run.ts'

export function addMigrate(program: Command, { act }: Runner): void {
  program
    .command('migrate')
    .description('bring the database up to date, as every start does')
    .option('--status', 'only say what is missing; exit code 1 when something is')
    .action(({ status }: { status?: boolean }) =>
      act(
        async ({ database, describe }) => {
          const { applied, pending } = await migrationStatus(database.orm)
          const data = { applied, pending }
          if (pending.length > 0)
            return { kind: 'failed', text: `Not applied yet: ${pending.join(', ')}. Run: npx latchkey migrate`, data }
          return { kind: 'done', text: `The database is up to date (${describe}).`, data }
        },
        { migrate: !status },
      ),
    )
}
