import { and, eq, gt } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { challenges } from '../database/schema.ts'
import { after } from '../database/time.ts'
import { fitsHash, newSingleUseToken, parseSingleUseToken } from '../token/single-use-token.ts'

/** Half an authentication, waiting for the other half. */
export type Challenge =
  /** The password was right; a second factor is missing. */
  | { kind: 'second_factor'; userId: string; tokenVersion: number; deviceName: string | null }
  /** An authenticator is asked to sign `nonce`: by whoever owns the passkey, or by this user only. */
  | { kind: 'passkey'; nonce: string }
  | { kind: 'new_passkey'; userId: string; nonce: string }

/** How long the other half may take. */
const challengeSeconds = 300

/** Keeps a challenge, and answers the text of the cookie that stands for it. */
export async function openChallenge(queryable: Queryable, clock: Clock, challenge: Challenge): Promise<string> {
  const { text, id, secretHash } = newSingleUseToken()
  const expiresAt = after(clock.sql(), challengeSeconds)
  await queryable.insert(challenges).values({ id, secretHash, ...challenge, expiresAt })
  return text
}

type Found<Kind extends Challenge['kind']> = Extract<Challenge, { kind: Kind }> & { id: string }

/** The challenge that a cookie stands for, or `null`. It stays open: a mistyped code can be typed again. */
export async function findChallenge<Kind extends Challenge['kind']>(
  queryable: Queryable,
  clock: Clock,
  { text, kind }: { text: string | null; kind: Kind },
): Promise<Found<Kind> | null> {
  const token = text === null ? null : parseSingleUseToken(text)
  if (!token) return null
  const [row] = await queryable
    .select()
    .from(challenges)
    .where(and(eq(challenges.id, token.id), eq(challenges.kind, kind), gt(challenges.expiresAt, clock.sql())))
  return row && fitsHash(token, row.secretHash) ? (row as unknown as Found<Kind>) : null
}

/** Uses a challenge up: `false` when somebody else has. */
export async function closeChallenge(queryable: Queryable, id: string): Promise<boolean> {
  const closed = await queryable.delete(challenges).where(eq(challenges.id, id)).returning({ id: challenges.id })
  return closed.length > 0
}
