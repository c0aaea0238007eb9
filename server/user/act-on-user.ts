import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../database/audit-events.ts'
import type { Queryable } from '../database/connect.ts'
import { withinReach } from '../database/reach.ts'
import { users } from '../database/schema.ts'

/** What became of an act on a user. */
export type ActOutcome =
  | { kind: 'done'; userId: string; email: string }
  /** It was so already; nothing was written. */
  | { kind: 'unchanged' }
  | { kind: 'unknownUser' }
  /** Oneself, somebody above oneself, or the last administrator. */
  | { kind: 'notAllowed' }

/** Why a conditional change of a user changed nothing. `already` says, as a condition on `users`, that it was so before. */
export async function whyUnchanged(
  transaction: Queryable,
  { userId, actor, already }: { userId: string; actor: Actor; already: SQL },
): Promise<ActOutcome> {
  const [row] = await transaction
    .select({
      reachable: sql<boolean>`${withinReach(actor) ?? sql`true`}`,
      already: sql<boolean>`${already}`,
    })
    .from(users)
    .where(eq(users.id, userId))
  if (!row) return { kind: 'unknownUser' }
  return { kind: row.reachable && row.already ? 'unchanged' : 'notAllowed' }
}

/** Locks a user whom the actor may act on, until the transaction ends. */
export async function lockReachable(
  transaction: Queryable,
  { userId, actor }: { userId: string; actor: Actor },
): Promise<ActOutcome & { suspended?: boolean }> {
  const [row] = await transaction
    .select({ email: users.email, suspendedAt: users.suspendedAt })
    .from(users)
    .where(and(eq(users.id, userId), withinReach(actor)))
    .for('no key update')
  if (row) return { kind: 'done', userId, email: row.email, suspended: row.suspendedAt !== null }
  return whyUnchanged(transaction, { userId, actor, already: sql`false` })
}
