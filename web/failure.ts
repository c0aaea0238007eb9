import { TRPCClientError } from '@trpc/client'
import { PasskeyFailed } from './credential/passkey-failed.ts'
import { CodeMissing } from './page-code.ts'
import { text } from './text.ts'

/** Why a call failed, as far as a page needs to know. `reason` is the server's stable code, or one of those below. */
export interface Failure {
  /** A reason of the server, `NO_CONNECTION` when no reply arrived, `NEW_VERSION` when the page itself is out of date, that of a `PasskeyFailed`, or `INTERNAL_ERROR`. */
  reason: string
  requestId: string | null
  /** What is wrong with each field, in the words of the catalogue: the server's own are for programs. */
  fields: Record<string, string>
  retryAfterSeconds: number | null
}

const endings = new Set(['NOT_SIGNED_IN', 'SESSION_EXPIRED', 'SESSION_REVOKED', 'REFRESH_TOKEN_REUSED'])

/** Whether the failure says that this browser's session is over. A wrong password is a 401 too, and does not. */
export function endsSession(error: unknown): boolean {
  return endings.has(readFailure(error).reason)
}

/** Reads any thrown value; never throws, and trusts no shape. */
export function readFailure(error: unknown): Failure {
  const data: unknown = error instanceof TRPCClientError ? error.data : undefined
  if (!isRecord(data)) {
    if (error instanceof CodeMissing || error instanceof PasskeyFailed)
      return { reason: error.reason, requestId: null, fields: {}, retryAfterSeconds: null }
    const unanswered = error instanceof TRPCClientError || error instanceof TypeError
    return {
      reason: unanswered ? 'NO_CONNECTION' : 'INTERNAL_ERROR',
      requestId: null,
      fields: {},
      retryAfterSeconds: null,
    }
  }
  return {
    reason: typeof data.reason === 'string' ? data.reason : 'INTERNAL_ERROR',
    requestId: typeof data.requestId === 'string' ? data.requestId : null,
    fields: inWords(data.fields, data.problems),
    retryAfterSeconds: typeof data.retryAfterSeconds === 'number' ? data.retryAfterSeconds : null,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function inWords(fields: unknown, problems: unknown): Record<string, string> {
  const codes = isRecord(problems) ? problems : {}
  return Object.fromEntries(
    Object.keys(isRecord(fields) ? fields : {}).map((name) => [name, text.fieldProblem(String(codes[name]))]),
  )
}
