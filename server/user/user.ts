import type { users } from '../database/schema.ts'

/** A user as they and their client see them; never a hash. Dates are ISO 8601. */
export type User = {
  id: string
  email: string
  name: string | null
  role: string
  emailVerified: boolean
  createdAt: string
}

type Row = Pick<typeof users.$inferSelect, 'id' | 'email' | 'name' | 'role' | 'emailVerifiedAt' | 'createdAt'>

export function toUser(row: Row): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    emailVerified: row.emailVerifiedAt !== null,
    createdAt: row.createdAt.toISOString(),
  }
}

/** An address in the one spelling that the database holds: case never tells two people apart. */
export function normalizeEmail(email: string): string {
  return email.normalize('NFKC').toLowerCase()
}
