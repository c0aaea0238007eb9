import type { Clock } from '../clock.ts'
import { databaseClock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/connect.ts'
import { type Opened, openDatabase } from '../opening.ts'
import { type DerivedSecrets, deriveSecrets } from '../token/derived-secrets.ts'
import type { Answer } from './answer.ts'

/** What a command works with. */
export type Workplace = { config: Config; database: Database; clock: Clock; secrets: DerivedSecrets; describe: string }

/** No request caused it: an operator did, at the machine. */
export const origin = { ipAddress: null, location: null, device: null, requestId: null }

/** Does the work with the configured database open. */
export async function withDatabase(
  config: Config,
  work: (place: Workplace) => Promise<Answer>,
  { migrate = true } = {},
): Promise<Answer> {
  const opened: Opened = await openDatabase(config, { migrate })
  try {
    const { database, describe } = opened
    return await work({ config, database, describe, clock: databaseClock(), secrets: deriveSecrets(config.secrets) })
  } finally {
    await opened.close()
  }
}
