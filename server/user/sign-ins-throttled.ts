import { and, eq, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { queueMail } from '../mail/queue-mail.ts'
import type { DerivedSecrets } from '../token/derived-secrets.ts'
import { circumstancesOf } from './circumstances.ts'
import { pageLink } from './page-link.ts'

/** Tells whoever has this address, in their activity and by mail, that guesses at their account are being refused; writes as much when nobody has. Run in a transaction. */
export async function tellSignInsThrottled(
  transaction: Queryable,
  dependencies: { clock: Clock; config: Config; secrets: DerivedSecrets },
  { address, origin }: { address: string; origin: Origin },
): Promise<void> {
  const { clock, config } = dependencies
  const [user] = await transaction
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.email, address), isNull(users.suspendedAt)))
  await recordEvent(transaction, clock, origin, { userId: user?.id ?? null, kind: 'sign_ins_throttled' })
  const link = pageLink(config, 'forgot-password')
  const message = { kind: 'signInsThrottled', link, circumstances: circumstancesOf(origin, clock) } as const
  await queueMail(transaction, dependencies, user ? { to: address, message } : null)
}
