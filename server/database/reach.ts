import { and, inArray, ne, type SQL, sql } from 'drizzle-orm'
import type { Actor } from './audit-events.ts'
import { users } from './schema.ts'

/**
 * Whom an actor may act on, as a condition on `users`. Nobody acts on themselves, nor on people above them; and what their token says of
 * them must still be so: of two administrators who demote each other, the second is one no more.
 */
export function withinReach(actor: Actor): SQL | undefined {
  if (actor.kind === 'operator') return undefined
  return and(
    ne(users.id, actor.userId),
    inArray(users.role, [...actor.reach]),
    sql`exists (
      select 1 from ${users} acting
      where acting.id = ${actor.userId} and acting.role = ${actor.role} and acting.suspended_at is null)`,
  )
}
