import { z } from 'zod'
import { maximumLength } from '../user/password.ts'

/** Shapes that several procedures take. Every string is bounded, and lone surrogates and NUL, which Postgres refuses, are named. */
const text = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'Contains characters that cannot be stored')

/** At most 254 characters (RFC 5321). */
export const email = z.string().trim().max(254).pipe(z.email('Write an e-mail address'))

/** Bounded before anything is hashed; what a new one must be like is `adviseAgainst`. */
export const password = text(maximumLength * 4).min(1, 'Write a password')

/** What people call themselves and their devices: no control characters, so that a name cannot break a line of a log or a mail. */
const label = (maximum: number) =>
  text(maximum)
    .trim()
    .min(1, 'Write a name')
    .refine((value) => !/\p{Cc}/u.test(value), 'Leave out control characters')

export const personName = label(100)
export const deviceName = label(60)
export const accountName = label(60)
export const sessionId = z.uuid()

/** Where a stream goes on: the id of the last event that arrived, opaque to clients. tRPC puts it here from `Last-Event-ID`. */
export const resumption = z
  .strictObject({
    lastEventId: z
      .string()
      .regex(/^\d{1,15}$/, 'Use the id of an earlier event')
      .transform(Number)
      .optional(),
  })
  .optional()
