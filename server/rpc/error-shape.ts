import type { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { type TRPC_ERROR_CODE_NUMBER, TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { ZodError } from 'zod'
import { type Reason, Refusal } from './refusal.ts'

/** The `data` of every error that leaves the server. */
export type ErrorData = {
  code: TRPCError['code']
  httpStatus: number
  reason: Reason | 'INTERNAL_ERROR'
  requestId: string | null
  path?: string
  fields?: Record<string, string>
  problems?: Record<string, string>
  retryAfterSeconds?: number
}

export type ErrorShape = { message: string; code: TRPC_ERROR_CODE_NUMBER; data: ErrorData }

/** Reasons for what tRPC itself refuses: unreadable input, unknown procedures, wrong methods. */
const reasonsOfCodes: Partial<Record<TRPCError['code'], Reason>> = {
  PARSE_ERROR: 'INVALID_INPUT',
  BAD_REQUEST: 'INVALID_INPUT',
  PAYLOAD_TOO_LARGE: 'INVALID_INPUT',
  METHOD_NOT_SUPPORTED: 'INVALID_INPUT',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_CONTENT_TYPE',
  NOT_FOUND: 'NOT_FOUND',
}

const messages: Partial<Record<TRPCError['code'], string>> = {
  BAD_REQUEST: 'The request cannot be read.',
  PAYLOAD_TOO_LARGE: 'The request is too large.',
  METHOD_NOT_SUPPORTED: 'Use GET for queries and POST for mutations.',
}

/** Each problem by the dotted name of its field; a problem with the whole input is `input`, an unknown key is named itself. */
function fieldsOf(error: ZodError): Record<string, string> {
  const problems = error.issues.flatMap((issue): [string, string][] => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => [[...path, key].join('.').slice(0, 100), 'Unknown field'])
    return [[path.join('.') || 'input', issue.message]]
  })
  return Object.fromEntries(problems.reverse())
}

/**
 * The one place where an error becomes a reply (R5, ASVS 16.5.1). A refusal keeps its reason and message; what tRPC refused is
 * reworded, since its messages quote the input; everything else is `INTERNAL_ERROR` and a request id.
 */
export function errorShape(error: TRPCError, requestId: string | null, path?: string): ErrorShape {
  const httpStatus = getHTTPStatusCodeFromError(error)
  const base = { code: error.code, httpStatus, requestId, ...(path === undefined ? {} : { path }) }
  const code = TRPC_ERROR_CODES_BY_KEY[error.code]
  if (error instanceof Refusal) {
    const { reason, fields, problems, retryAfterSeconds } = error
    const data = {
      ...base,
      reason,
      ...(fields && { fields }),
      ...(problems && { problems }),
      ...(retryAfterSeconds && { retryAfterSeconds }),
    }
    return { message: error.message, code, data }
  }
  if (error.cause instanceof ZodError) {
    const data = { ...base, reason: 'INVALID_INPUT' as const, fields: fieldsOf(error.cause) }
    return { message: 'Some of the input is not acceptable.', code, data }
  }
  const reason = reasonsOfCodes[error.code]
  if (reason) {
    const message = messages[error.code] ?? new Refusal(reason).message
    const fields = reason === 'INVALID_INPUT' ? { fields: { input: message } } : {}
    return { message, code, data: { ...base, reason, ...fields } }
  }
  return {
    message: 'Something went wrong here. Nothing is wrong with your request.',
    code,
    data: { ...base, reason: 'INTERNAL_ERROR' },
  }
}
