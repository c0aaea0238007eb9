import { DrizzleQueryError } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { DatabaseUnavailable, isDatabaseUnavailable } from '../../server/database/faults.ts'
import { describeError } from '../../server/http/logging.ts'

/** What a driver throws: an error of its own class. */
class PostgresError extends Error {
  override name = 'PostgresError'
  code = '23505'
}

describe('an error as it is logged', () => {
  it('has no statement and no parameter of the database', () => {
    const cause = new PostgresError('duplicate key (email)=(canary@example.com)')
    const error = new DrizzleQueryError('insert into users values ($1)', ['canary@example.com'], cause)

    const described = describeError(error)

    expect(JSON.stringify(described)).not.toMatch(/canary|insert into/)
    expect(described).toMatchObject({ message: '', cause: { type: 'PostgresError', code: '23505', message: '' } })
    expect(described.stack).toMatch(/^\s+at /)
  })

  it('has no input of a parser', () => {
    let error: unknown
    try {
      JSON.parse('canary')
    } catch (thrown) {
      error = thrown
    }

    expect(JSON.stringify(describeError(error))).not.toContain('canary')
  })

  it('has the first line of what our own code says', () => {
    expect(describeError(new Error('No signing key is usable\ncanary')).message).toBe('No signing key is usable')
    expect(describeError(new TypeError('x is not a function')).message).toBe('x is not a function')
  })

  it('may be anything that can be thrown', () => {
    expect(describeError('canary')).toEqual({ type: 'string', message: '', stack: '' })
    expect(describeError(null)).toEqual({ type: 'object', message: '', stack: '' })
  })
})

describe('a database that is out of reach', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '53300', '08006', '40001', '40P01'])(
    'is told by %s, however deep',
    (code) => {
      const cause = Object.assign(new Error('x'), { code })
      expect(isDatabaseUnavailable(cause)).toBe(true)
      expect(isDatabaseUnavailable(new DrizzleQueryError('select 1', [], cause))).toBe(true)
      expect(isDatabaseUnavailable(new AggregateError([cause]))).toBe(true)
    },
  )

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('is told by the driver, which has no code for it: %s', (message) => {
    expect(isDatabaseUnavailable(new Error('x', { cause: new Error(message) }))).toBe(true)
    expect(isDatabaseUnavailable(new TypeError(message))).toBe(false)
  })

  it('is told by our own error', () => {
    expect(isDatabaseUnavailable(new Error('x', { cause: new DatabaseUnavailable() }))).toBe(true)
  })

  it.each(['23505', '42P01', '22P02', 'ERR_INVALID_ARG_TYPE', 'ENOTDIR'])('is not told by %s', (code) => {
    expect(isDatabaseUnavailable(Object.assign(new Error('x'), { code }))).toBe(false)
  })

  it.each([undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }])('is not told by %j', (thrown) => {
    expect(isDatabaseUnavailable(thrown)).toBe(false)
  })
})
