import { ConfigError } from '../config.ts'
import { DataDirectoryError } from '../database/data-directory.ts'
import { codeOf, StartError } from '../opening.ts'

/** What an operator reads when something that every command needs is missing. Nothing of it quotes a secret. */
export function describeFailure(error: unknown): string {
  if (error instanceof ConfigError) {
    const problems = error.problems.map(({ variable, problem, remedy }) => `  ${variable} ${problem}. ${remedy}.`)
    return `Latchkey cannot start with this configuration:\n${problems.join('\n')}`
  }
  if (error instanceof StartError || error instanceof DataDirectoryError) return error.message
  return `Latchkey could not start: ${codeOf(error)}.`
}
