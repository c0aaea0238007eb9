import { z } from 'zod'

export const limit = z.int().min(1).max(100).default(50)

/** Where a page of rows in the order of their creation went on; opaque to clients. */
export const creationCursor = z
  .string()
  .regex(/^\d{1,15}_[0-9a-f-]{36}$/, 'Use a cursor from an earlier page')
  .transform((text) => {
    const [createdAt = '', id = ''] = text.split('_')
    return { createdAt: Number(createdAt), id }
  })
  .refine(
    ({ createdAt, id }) => createdAt <= 8.64e15 && z.uuid().safeParse(id).success,
    'Use a cursor from an earlier page',
  )

/** The rows of a page out of one more than it has, and where the next one begins. */
export function pageOf<Row extends { id: string; createdAt: string }>(
  rows: readonly Row[],
  size: number,
): { rows: Row[]; nextCursor: string | null } {
  const shown = rows.slice(0, size)
  const last = shown.at(-1)
  return { rows: shown, nextCursor: rows.length > size && last ? `${Date.parse(last.createdAt)}_${last.id}` : null }
}
