import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
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
export const passkeyName = label(60)
export const sessionId = z.uuid()

/** A code as somebody typed or pasted it: spaces do not matter, and case does not in a recovery code. */
export const typedCode = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('authenticatorApp'),
    code: z
      .string()
      .max(20)
      .transform((typed) => typed.replace(/\s/g, ''))
      .pipe(z.string().regex(/^\d{6}$/, 'Write the six digits that the app shows')),
  }),
  z.strictObject({ kind: z.literal('recoveryCode'), code: z.string().min(1).max(60) }),
])

/** The token of a mailed link. Only the length is checked here: what is wrong with it is never said in detail. */
export const linkToken = z.string().min(1).max(200)

const base64url = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .regex(/^[\w-]*$/, 'Write base64url')
const credential = { id: base64url(1400).min(1), rawId: base64url(1400).min(1), type: z.literal('public-key') }
const attachment = z.string().max(40).optional()

/** What `navigator.credentials.get` answered (WebAuthn, 5.1.8), within bounds; extensions are of no interest. */
export const passkeyAnswer = z
  .object({
    ...credential,
    authenticatorAttachment: attachment,
    response: z.object({
      clientDataJSON: base64url(8_000),
      authenticatorData: base64url(8_000),
      signature: base64url(4_000),
      userHandle: base64url(200).optional(),
    }),
  })
  .transform((answer) => ({ ...answer, clientExtensionResults: {} }) as AuthenticationResponseJSON)

/** What `navigator.credentials.create` answered. */
export const newPasskeyAnswer = z
  .object({
    ...credential,
    authenticatorAttachment: attachment,
    response: z.object({
      clientDataJSON: base64url(8_000),
      attestationObject: base64url(20_000),
      transports: z.array(z.string().max(20)).max(10).optional(),
    }),
  })
  .transform((answer) => ({ ...answer, clientExtensionResults: {} }) as RegistrationResponseJSON)

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

/** A cursor is the id of the last event seen; opaque to clients. */
export const eventCursor = z
  .string()
  .regex(/^\d{1,15}$/, 'Use a cursor from an earlier page')
  .transform(Number)

export const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** A name of the IANA database, as `Intl` knows it. */
export const timeZone = z
  .string()
  .max(50)
  .refine(
    (name) => Intl.supportedValuesOf('timeZone').includes(name) || name === 'UTC',
    'Use a time zone such as Europe/Berlin',
  )
