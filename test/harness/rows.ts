import { eq, sql } from 'drizzle-orm'
import { rowsOf } from '../../server/database/connect.ts'
import { securityEvents, sessions, users } from '../../server/database/schema.ts'
import type { TestInstance } from './test-server.ts'

type Holder = Pick<TestInstance, 'database'>

/** The one row of a session, as the database holds it. */
export async function sessionRow({ database }: Holder, sessionId: string): Promise<typeof sessions.$inferSelect> {
  const [row] = await database.orm.select().from(sessions).where(eq(sessions.id, sessionId))
  if (!row) throw new Error('The session has no row')
  return row
}

export async function userRow({ database }: Holder, userId: string): Promise<typeof users.$inferSelect> {
  const [row] = await database.orm.select().from(users).where(eq(users.id, userId))
  if (!row) throw new Error('The user has no row')
  return row
}

/** The transaction that last wrote the session's row: the same before and after means that nothing was written. */
export async function lastWriteOf({ database }: Holder, sessionId: string): Promise<string | undefined> {
  const rows = await rowsOf<{ writer: string }>(
    database.orm,
    sql`select xmin::text as writer from ${sessions} where id = ${sessionId}`,
  )
  return rows[0]?.writer
}

/** What was recorded about a user, oldest first. */
export async function eventsOf({ database }: Holder, userId: string) {
  return database.orm.select().from(securityEvents).where(eq(securityEvents.userId, userId)).orderBy(securityEvents.id)
}

/** How many rows each table that people fill has. */
export async function countRows({ database }: Holder) {
  const [counts] = await rowsOf<{ users: number; sessions: number }>(
    database.orm,
    sql`select (select count(*)::int from ${users}) as users, (select count(*)::int from ${sessions}) as sessions`,
  )
  return counts
}
