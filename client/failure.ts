/** Why Latchkey said no; stable, and all that a program should decide by. */
export type Reason = SessionEndedReason | RetryableReason | RefusedReason

/** The session, or the service key, is over: only signing in anew helps. */
export type SessionEndedReason = 'NOT_SIGNED_IN' | 'SESSION_EXPIRED' | 'SESSION_REVOKED' | 'REFRESH_TOKEN_REUSED'

/** Nothing is wrong with the call; later it may succeed. */
export type RetryableReason = 'TOO_MANY_ATTEMPTS' | 'TEMPORARILY_UNAVAILABLE'

/** The same call will be refused again. */
export type RefusedReason =
  | 'INVALID_INPUT'
  | 'INVALID_CREDENTIALS'
  /** The password was right; pass `secondFactor` as well. */
  | 'SECOND_FACTOR_REQUIRED'
  | 'CODE_NOT_ACCEPTED'
  | 'LINK_NOT_ACCEPTED'
  | 'ORIGIN_NOT_ALLOWED'
  | 'HTTPS_REQUIRED'
  | 'NOT_ALLOWED'
  | 'REAUTHENTICATION_REQUIRED'
  | 'NOT_FOUND'
  | 'EMAIL_TAKEN'
  | 'UNSUPPORTED_CONTENT_TYPE'
  | 'INTERNAL_ERROR'

/** The error that every procedure answers with. */
export type ErrorShape = {
  message: string
  /** JSON-RPC's number for the kind of error. */
  code: number
  data: {
    code: string
    httpStatus: number
    reason: Reason
    requestId: string | null
    path?: string
    fields?: Record<string, string>
    retryAfterSeconds?: number
  }
}

type Common = {
  /** A sentence for people. */
  message: string
  /** Names the request in the server's logs. */
  requestId: string | null
}

/** What became of a call that failed, told apart by `reason`, or coarsely by `sessionEnded` and `retryable`. */
export type Failure =
  | (Common & { reason: SessionEndedReason; sessionEnded: true; retryable: false })
  | (Common & { reason: RetryableReason; sessionEnded: false; retryable: true; retryAfterSeconds: number })
  /** No answer came: offline, a name that does not resolve, a server that is starting. The call may have happened. */
  | (Common & { reason: 'NO_CONNECTION'; sessionEnded: false; retryable: true; retryAfterSeconds: number })
  /** You cancelled it. */
  | (Common & { reason: 'CANCELLED'; sessionEnded: false; retryable: false })
  | (Common & {
      reason: RefusedReason
      sessionEnded: false
      retryable: false
      /** What is wrong, by the name of the input field. */
      fields: Record<string, string>
    })

/** Thrown by the client itself, before or instead of a call; `failureOf` reads it like an error of the server. */
export class LatchkeyError extends Error {
  readonly failure: Failure

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause })
    this.name = 'LatchkeyError'
    this.failure = failure
  }
}

const sessionEndedReasons: readonly string[] = [
  'NOT_SIGNED_IN',
  'SESSION_EXPIRED',
  'SESSION_REVOKED',
  'REFRESH_TOKEN_REUSED',
] satisfies SessionEndedReason[]

const isSessionEnded = (reason: Reason): reason is SessionEndedReason => sessionEndedReasons.includes(reason)
const isRetryable = (reason: Reason): reason is RetryableReason =>
  reason === 'TOO_MANY_ATTEMPTS' || reason === 'TEMPORARILY_UNAVAILABLE'

/** The failure that an error of Latchkey's shape stands for. */
function failureFromShape({ message, data }: Pick<ErrorShape, 'message' | 'data'>): Failure {
  const { reason, requestId, fields = {}, retryAfterSeconds = 1 } = data
  const common = { message, requestId }
  if (isSessionEnded(reason)) return { ...common, reason, sessionEnded: true, retryable: false }
  if (isRetryable(reason)) return { ...common, reason, sessionEnded: false, retryable: true, retryAfterSeconds }
  return { ...common, reason, sessionEnded: false, retryable: false, fields }
}

const noConnection = (message: string): Failure => ({
  message,
  requestId: null,
  reason: 'NO_CONNECTION',
  sessionEnded: false,
  retryable: true,
  retryAfterSeconds: 1,
})

function hasShape(value: object): value is Pick<ErrorShape, 'message' | 'data'> {
  if (!('data' in value) || !('message' in value)) return false
  const { data } = value
  return typeof data === 'object' && data !== null && 'reason' in data
}

/** What went wrong, whatever was thrown: by a procedure, by `fetch`, or by this client. */
export function failureOf(error: unknown): Failure {
  for (let current = error; typeof current === 'object' && current !== null; ) {
    if (current instanceof LatchkeyError) return current.failure
    if (hasShape(current)) return failureFromShape(current)
    if ('name' in current && current.name === 'AbortError')
      return { message: 'Cancelled', requestId: null, reason: 'CANCELLED', sessionEnded: false, retryable: false }
    current = 'cause' in current ? current.cause : undefined
  }
  return noConnection('Latchkey did not answer')
}
