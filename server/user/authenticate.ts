import { and, eq } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import type { PasswordHasher } from './password.ts'
import { normalizeEmail, toUser, type User } from './user.ts'

export type Authenticated =
  | { kind: 'authenticated'; user: User; tokenVersion: number }
  /** Which of them it was is for the log; the answer and the work are the same. */
  | { kind: 'refused'; why: 'unknown_account' | 'wrong_password' | 'suspended'; userId: string | null }

/** Proves a password. Unknown, wrong and suspended cost one hash and one write each; a hash with old parameters is renewed. */
export async function authenticate(
  { queryable, clock, hasher }: { queryable: Queryable; clock: Clock; hasher: PasswordHasher },
  { email, password, origin }: { email: string; password: string; origin: Origin },
): Promise<Authenticated> {
  const [row] = await queryable
    .select()
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
  const right = await hasher.verify(password, row?.passwordHash ?? null)
  if (!row || !right || row.suspendedAt) {
    const why = !row ? 'unknown_account' : !right ? 'wrong_password' : 'suspended'
    const userId = row?.id ?? null
    await recordEvent(queryable, clock, origin, { userId, kind: 'sign_in_failed', reason: why })
    return { kind: 'refused', why, userId }
  }
  if (hasher.needsRehash(row.passwordHash)) {
    const passwordHash = await hasher.hash(password)
    await queryable
      .update(users)
      .set({ passwordHash })
      .where(and(eq(users.id, row.id), eq(users.passwordHash, row.passwordHash)))
  }
  return { kind: 'authenticated', user: toUser(row), tokenVersion: row.tokenVersion }
}
