import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { mailedLinks } from '../database/schema.ts'
import { after } from '../database/time.ts'
import { hashSingleUseSecret, newSingleUseToken, type SingleUseToken } from '../token/single-use-token.ts'

/** What a link does when its page is confirmed. */
export type LinkPurpose = 'sign_up' | 'confirm_email' | 'reset_password' | 'leave_email' | 'take_email' | 'nothing'

const lifetimeSeconds: Record<LinkPurpose, number> = {
  sign_up: 86_400,
  confirm_email: 86_400,
  reset_password: 1_800,
  leave_email: 86_400,
  take_email: 86_400,
  nothing: 1_800,
}

type NewLink = {
  purpose: LinkPurpose
  userId?: string | null
  email?: string | null
  name?: string | null
  passwordHash?: string | null
}

/** Makes a link and answers its token, which goes into a mail and is kept nowhere. */
export async function createLink(transaction: Queryable, clock: Clock, link: NewLink): Promise<string> {
  const { text, id, secretHash } = newSingleUseToken()
  const now = clock.sql()
  const expiresAt = after(now, lifetimeSeconds[link.purpose])
  await transaction.insert(mailedLinks).values({ id, secretHash, ...link, createdAt: now, expiresAt })
  return text
}

export type UsedLink = typeof mailedLinks.$inferSelect

/** Uses a link up: of any number who try at once, one succeeds. `null` for one that is unknown, used, over, or for another purpose. */
export async function takeLink(
  transaction: Queryable,
  clock: Clock,
  { token, purposes }: { token: SingleUseToken; purposes: readonly LinkPurpose[] },
): Promise<UsedLink | null> {
  const { id, secret } = token
  const [used] = await transaction
    .update(mailedLinks)
    .set({ usedAt: clock.sql() })
    .where(
      and(
        eq(mailedLinks.id, id),
        eq(mailedLinks.secretHash, hashSingleUseSecret(secret)),
        sql`${mailedLinks.purpose} in ${purposes}`,
        isNull(mailedLinks.usedAt),
        gt(mailedLinks.expiresAt, clock.sql()),
      ),
    )
    .returning()
  return used ?? null
}

/** Takes back every unused link of a user that serves one of these purposes. */
export async function withdrawLinks(
  transaction: Queryable,
  { userId, purposes }: { userId: string; purposes: readonly LinkPurpose[] },
): Promise<void> {
  await transaction
    .delete(mailedLinks)
    .where(and(eq(mailedLinks.userId, userId), sql`${mailedLinks.purpose} in ${purposes}`, isNull(mailedLinks.usedAt)))
}
