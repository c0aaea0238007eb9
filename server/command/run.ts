import { Command, CommanderError } from 'commander'
import { type Config, readConfig } from '../config.ts'
import { settled } from '../opening.ts'
import { type Answer, exitCodes } from './answer.ts'
import { describeFailure } from './describe-failure.ts'
import { addDoctor } from './doctor.ts'
import { addKeys } from './keys.ts'
import { addMigrate } from './migrate.ts'
import { addMoveToPostgres } from './move-to-postgres.ts'
import { addServiceAccounts } from './service-account.ts'
import { addSessions } from './session.ts'
import { addUsers } from './user.ts'
import { type Workplace, withDatabase } from './workplace.ts'

export type Environment = Record<string, string | undefined>

/** How a command gets what it needs, and where its answer goes. */
export type Runner = {
  environment: Environment
  /** Does work that needs the database. */
  act(work: (place: Workplace) => Promise<Answer>, options?: { migrate?: boolean }): Promise<void>
  /** Does work that brings its own. */
  answer(work: (config: () => Config) => Promise<Answer>): Promise<void>
}

function print(answer: Answer, json: boolean): void {
  if (json) {
    const { kind, text, ...rest } = answer
    const data = 'data' in rest ? rest.data : {}
    const said = kind === 'done' ? { ok: true, ...data } : { ok: false, reason: kind, message: text, ...data }
    process.stdout.write(`${JSON.stringify(said)}\n`)
  } else if (answer.kind === 'done') process.stdout.write(`${answer.text}\n`)
  else process.stderr.write(`${answer.text}\n`)
}

async function attempt(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    return { kind: 'failed', text: describeFailure(error) }
  }
}

/** Runs one command and answers the exit code: what `npx latchkey …` does. */
export async function runCommand(args: readonly string[], environment: Environment): Promise<number> {
  let code: number = exitCodes.done
  const program = new Command('latchkey')
    .description('Looks after a Latchkey installation. Reads the same environment variables and .env as the server.')
    .option('--json', 'answer with one line of JSON')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused as things are.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })

  const readSettled = () => settled(readConfig(environment))
  async function answer(work: (config: () => Config) => Promise<Answer>): Promise<void> {
    const answered = await attempt(() => work(readSettled))
    code = exitCodes[answered.kind]
    print(answered, Boolean(program.opts().json))
  }
  const runner: Runner = {
    environment,
    answer,
    act: (work, options) => answer((config) => withDatabase(config(), work, options)),
  }
  for (const add of [addDoctor, addMigrate, addUsers, addSessions, addServiceAccounts, addKeys, addMoveToPostgres])
    add(program, runner)
  for (const command of program.commands) command.exitOverride()

  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Commander has said what is wrong, or has shown the help that was asked for.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  }
  return code
}
