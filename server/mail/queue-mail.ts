import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { outgoingMails } from '../database/schema.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { seal } from '../token/sealing.ts'
import type { Mail } from './message.ts'

/**
 * Leaves a mail to be sent once the caller's transaction is committed, by whichever instance is first. Without a mail the same is
 * written and nothing is sent: a request about an address that nobody has costs what any other costs.
 */
export async function queueMail(
  transaction: Queryable,
  { clock, secrets }: { clock: Clock; secrets: DerivedSecrets },
  mail: Mail | null,
): Promise<void> {
  const id = randomUUID()
  const now = clock.sql()
  const sealedMail = seal(JSON.stringify(mail), id, secrets)
  await transaction.insert(outgoingMails).values({ id, sealedMail, dueAt: now, createdAt: now })
}
