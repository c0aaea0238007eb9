import { type DestinationStream, destination, symbols } from 'pino'

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
export function loggerOptions(level: string) {
  return {
    level,
    serializers: { err: describeError, error: describeError, req: () => ({}), res: () => ({}) },
    redact: { paths: ['password', 'token', 'accessToken', 'refreshToken', 'cookie', 'authorization'], remove: true },
  }
}

/** Characters that wait for each other at most, and milliseconds. */
const gathered = { characters: 12_288, milliseconds: 100 }

/**
 * Standard output as a log. The lines of requests leave together, since writing each by itself costs up to a fourteenth of its request; whatever else there is to tell
 * leaves at once, behind those that wait, and nothing is left behind at an orderly end or a crash.
 */
export function logOutput(): DestinationStream {
  const { characters, milliseconds } = gathered
  const output = destination({ fd: 1, sync: true, minLength: characters, periodicFlush: milliseconds })
  process.on('exit', () => output.flushSync())
  return {
    // By which pino says what the line was made of.
    [symbols.needsMetadataGsym]: true,
    lastObj: undefined as { event?: string } | undefined,
    write(line) {
      output.write(line)
      if (this.lastObj?.event !== 'request') output.flushSync()
    },
  } as DestinationStream & { lastObj?: { event?: string } }
}
