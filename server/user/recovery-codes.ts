import { and, eq, isNull } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queryable } from '../database/connect.ts'
import { recoveryCodes } from '../database/schema.ts'
import { codesInSet, hashRecoveryCode, newRecoveryCode } from '../token/recovery-code.ts'

/** A new set in place of whatever codes there were; shown once. Run in a transaction. */
export async function replaceRecoveryCodes(transaction: Queryable, clock: Clock, userId: string): Promise<string[]> {
  const codes = Array.from({ length: codesInSet }, newRecoveryCode)
  await removeRecoveryCodes(transaction, userId)
  const rows = codes.flatMap((code) => {
    const codeHash = hashRecoveryCode(code)
    return codeHash ? [{ userId, codeHash, createdAt: clock.sql() }] : []
  })
  await transaction.insert(recoveryCodes).values(rows)
  return codes
}

/** Uses one code up; `false` for one that is not the user's, or has been used. */
export async function takeRecoveryCode(
  queryable: Queryable,
  clock: Clock,
  { userId, code }: { userId: string; code: string },
): Promise<boolean> {
  const codeHash = hashRecoveryCode(code)
  if (!codeHash) return false
  const used = await queryable
    .update(recoveryCodes)
    .set({ usedAt: clock.sql() })
    .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.codeHash, codeHash), isNull(recoveryCodes.usedAt)))
    .returning({ userId: recoveryCodes.userId })
  return used.length > 0
}

/** How many codes of a user still work. */
export async function countRecoveryCodes(queryable: Queryable, userId: string): Promise<number> {
  return queryable.$count(recoveryCodes, and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)))
}

export async function removeRecoveryCodes(queryable: Queryable, userId: string): Promise<void> {
  await queryable.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
}
