import { and, eq, inArray } from 'drizzle-orm'
import type { Queryable } from '../../server/database/connect.ts'
import { securityEvents, sessions, users } from '../../server/database/schema.ts'
import type { Families, Family, Owner } from './family.ts'

/** The database's own idea of some users' families. Passwords are hashed there, so they are taken from `known`. */
export async function readFamilies(queryable: Queryable, known: Families): Promise<Families> {
  const userIds = Object.keys(known.users)
  const owners = await queryable.select().from(users).where(inArray(users.id, userIds))
  const rows = await queryable.select().from(sessions).where(inArray(sessions.userId, userIds))
  const changes = await queryable
    .select({ userId: securityEvents.userId })
    .from(securityEvents)
    .where(and(eq(securityEvents.kind, 'password_changed'), inArray(securityEvents.userId, userIds)))
  return {
    users: Object.fromEntries(
      owners.map(({ id, tokenVersion }): [string, Owner] => [
        id,
        {
          tokenVersion,
          password: known.users[id]?.password ?? '',
          changes: changes.filter(({ userId }) => userId === id).length,
        },
      ]),
    ),
    sessions: Object.fromEntries(
      rows.map((row): [string, Family] => [
        row.id,
        {
          userId: row.userId,
          generation: row.generation,
          rotatedAt: row.rotatedAt.getTime(),
          idleExpiresAt: row.idleExpiresAt.getTime(),
          absoluteExpiresAt: row.absoluteExpiresAt.getTime(),
          tokenVersion: row.tokenVersion,
          authenticatedAt: row.authenticatedAt.getTime(),
          revoked: row.revokedReason,
        },
      ]),
    ),
  }
}

/** Whether two say the same of every session and token version. */
export function sameFamilies(one: Families, other: Families): boolean {
  const facts = ({ users: owners, sessions: families }: Families) =>
    JSON.stringify([
      Object.entries(owners)
        .map(([id, { tokenVersion, changes }]) => [id, tokenVersion, changes])
        .sort(),
      Object.entries(families)
        .map(([id, family]) => [id, ...Object.entries(family).sort().flat()])
        .sort(),
    ])
  return facts(one) === facts(other)
}
