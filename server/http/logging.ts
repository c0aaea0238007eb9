import type { FastifyServerOptions } from 'fastify'

/** Errors of our own making or of the language: their messages speak of code. Those of others may quote what they were given. */
const quotable = new Set([
  'TypeError',
  'ReferenceError',
  'RangeError',
  'DatabaseUnavailable',
  'PasswordHashingBusy',
  'Refusal',
])

type Described = { type: string; message: string; stack: string; code?: string; cause?: Described }

/**
 * An error as it may be logged: names, codes and stack frames. A `DrizzleQueryError` has the SQL and its parameters in its
 * message, a parser's message has the input; neither message nor the first lines of the stack are kept.
 */
export function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: '', stack: '' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return {
    type: error.name,
    message: quotable.has(error.name) || error.constructor === Error ? firstLine(error.message) : '',
    stack: frames.join('\n'),
    ...(code ? { code } : {}),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  }
}

const firstLine = (text: string) => (text.split('\n', 1)[0] ?? '').slice(0, 200)

/**
 * The one place that decides what reaches a log (ASVS 16.2.5). Requests are logged by our own hook, since URLs carry the
 * inputs of queries; errors go through `describeError`, whatever key they come under.
 */
export function loggerOptions(level: string): FastifyServerOptions['logger'] {
  return {
    level,
    serializers: { err: describeError, error: describeError, req: () => ({}), res: () => ({}) },
    redact: { paths: ['password', 'token', 'accessToken', 'refreshToken', 'cookie', 'authorization'], remove: true },
  }
}
