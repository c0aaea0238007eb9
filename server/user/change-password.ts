import { and, eq, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import type { PasswordHasher } from './password.ts'
import { toUser, type User } from './user.ts'

type Proof = {
  userId: string
  password: string
  origin: Origin
  /** What a wrong password is recorded as. */
  failure: 'password_change_failed' | 'reauthentication_failed'
}

export type ProvenPassword =
  | { kind: 'proven'; user: User; passwordHash: string; tokenVersion: number }
  | { kind: 'refused' }

/** Whether this is the user's password; the hash that it fitted is the condition of the change that follows. */
export async function provePassword(
  { queryable, clock, hasher }: { queryable: Queryable; clock: Clock; hasher: PasswordHasher },
  { userId, password, origin, failure }: Proof,
): Promise<ProvenPassword> {
  const [row] = await queryable.select().from(users).where(eq(users.id, userId))
  const right = await hasher.verify(password, row?.passwordHash ?? null)
  if (row && right)
    return { kind: 'proven', user: toUser(row), passwordHash: row.passwordHash, tokenVersion: row.tokenVersion }
  if (row) await recordEvent(queryable, clock, origin, { userId, kind: failure, reason: 'wrong_password' })
  return { kind: 'refused' }
}

type Change = {
  userId: string
  sessionId: string
  from: string
  to: string
  /** Whether everything issued before stops counting (R12). */
  bumpTokenVersion: boolean
  origin: Origin
}

/** Replaces one hash by another, if it is still the one that was proven. Answers the token version from then on, or `null`. Run in a transaction. */
export async function changePassword(
  transaction: Queryable,
  clock: Clock,
  { userId, sessionId, from, to, bumpTokenVersion, origin }: Change,
): Promise<number | null> {
  const [changed] = await transaction
    .update(users)
    .set({
      passwordHash: to,
      passwordChangedAt: clock.sql(),
      ...(bumpTokenVersion ? { tokenVersion: sql`${users.tokenVersion} + 1` } : {}),
    })
    .where(and(eq(users.id, userId), eq(users.passwordHash, from)))
    .returning({ tokenVersion: users.tokenVersion })
  if (!changed) return null
  await recordEvent(transaction, clock, origin, { userId, sessionId, kind: 'password_changed' })
  return changed.tokenVersion
}
