import { TRPCError } from '@trpc/server'
import type { PasswordProblem } from '../user/password-policy.ts'

/** The stable reasons of the public contract, with the tRPC code that decides the HTTP status and a sentence for people. */
const refusals = {
  INVALID_INPUT: ['BAD_REQUEST', 'Some of the input is not acceptable.'],
  NOT_SIGNED_IN: ['UNAUTHORIZED', 'Sign in to continue.'],
  SESSION_EXPIRED: ['UNAUTHORIZED', 'Your session has expired. Sign in again to continue.'],
  SESSION_REVOKED: ['UNAUTHORIZED', 'This device has been signed out. Sign in again to continue.'],
  REFRESH_TOKEN_REUSED: ['UNAUTHORIZED', 'This device was signed out, because an old copy of its token was used.'],
  INVALID_CREDENTIALS: ['UNAUTHORIZED', "That e-mail and password don't match."],
  SECOND_FACTOR_REQUIRED: ['UNAUTHORIZED', 'This account asks for a second factor as well.'],
  CODE_NOT_ACCEPTED: ['UNAUTHORIZED', "That code isn't right, or has been used already."],
  LINK_NOT_ACCEPTED: ['BAD_REQUEST', 'This link has been used already or is over. Ask for a new one.'],
  ORIGIN_NOT_ALLOWED: ['FORBIDDEN', 'This origin may not call this server.'],
  HTTPS_REQUIRED: ['FORBIDDEN', 'This server answers over https only.'],
  NOT_ALLOWED: ['FORBIDDEN', 'You are not allowed to do this.'],
  REAUTHENTICATION_REQUIRED: ['FORBIDDEN', "Confirm that it's you to go on."],
  NOT_FOUND: ['NOT_FOUND', 'There is nothing here by that name.'],
  EMAIL_TAKEN: ['CONFLICT', 'There is an account with this address already.'],
  UNSUPPORTED_CONTENT_TYPE: ['UNSUPPORTED_MEDIA_TYPE', 'Send application/json.'],
  TOO_MANY_ATTEMPTS: ['TOO_MANY_REQUESTS', 'Too many attempts. Try again later.'],
  TEMPORARILY_UNAVAILABLE: ['SERVICE_UNAVAILABLE', 'The server cannot answer right now. Try again in a moment.'],
} as const satisfies Record<string, [TRPCError['code'], string]>

export type Reason = keyof typeof refusals

/** What is wrong with a field that only the server can know, for pages that say it in words of their own. */
export type FieldProblem = PasswordProblem | 'LEAKED' | 'UNCHANGED' | 'MISMATCH' | 'LAST_ADMINISTRATOR' | 'TOO_MANY'

type Details = {
  /** What is wrong, by the name of the input field. */
  fields?: Record<string, string>
  /** The same as stable codes. */
  problems?: Record<string, FieldProblem>
  retryAfterSeconds?: number
  cause?: unknown
}

/** An expected refusal: its reason goes to the client as `data.reason`, and clients switch on that. */
export class Refusal extends TRPCError {
  readonly reason: Reason
  readonly fields: Record<string, string> | undefined
  readonly problems: Record<string, FieldProblem> | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(reason: Reason, { fields, problems, retryAfterSeconds, cause }: Details = {}) {
    const [code, message] = refusals[reason]
    super({ code, message, cause })
    this.name = 'Refusal'
    this.reason = reason
    this.fields = fields
    this.problems = problems
    this.retryAfterSeconds = retryAfterSeconds
  }
}
