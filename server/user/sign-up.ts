import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { users } from '../database/schema.ts'
import { type Origin, recordEvent } from '../database/security-events.ts'
import { normalizeEmail, toUser, type User } from './user.ts'

export type NewUser = {
  email: string
  name: string | null
  passwordHash: string
  origin: Origin
  /** Whether they have shown that the address is theirs. */
  emailVerified?: boolean
}

export type SignedUp = { kind: 'signedUp'; user: User; tokenVersion: number } | { kind: 'emailTaken' }

/** Creates a user whose password has been hashed already. The unique index decides between two who want one address. */
export async function signUp(
  transaction: Queryable,
  clock: Clock,
  { email, name, passwordHash, origin, emailVerified = false }: NewUser,
): Promise<SignedUp> {
  const now = clock.sql()
  const [row] = await transaction
    .insert(users)
    .values({
      id: randomUUID(),
      email: normalizeEmail(email),
      name,
      passwordHash,
      passwordChangedAt: now,
      emailVerifiedAt: emailVerified ? now : null,
      createdAt: now,
    })
    .onConflictDoNothing({ target: users.email })
    .returning()
  if (!row) return { kind: 'emailTaken' }
  await recordEvent(transaction, clock, origin, { userId: row.id, kind: 'signed_up' })
  return { kind: 'signedUp', user: toUser(row), tokenVersion: row.tokenVersion }
}
