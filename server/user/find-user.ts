import { eq } from 'drizzle-orm'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import { normalizeEmail, toUser, type User } from './user.ts'

/** The user of that id, or `null`. */
export async function findUser(queryable: Queryable, userId: string): Promise<User | null> {
  const [row] = await queryable.select().from(users).where(eq(users.id, userId))
  return row ? toUser(row) : null
}

/** The user who has that address, or `null`. */
export async function findUserByEmail(queryable: Queryable, email: string): Promise<User | null> {
  const [row] = await queryable
    .select()
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
  return row ? toUser(row) : null
}
