import { Secret } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { newTotpSecret, totpStep, totpUri } from '../../server/token/totp.ts'

/** RFC 6238, appendix B: the secret of its SHA-1 rows, and the last six of the eight digits that it prints. */
const secret = new Secret({ buffer: new TextEncoder().encode('12345678901234567890').buffer }).base32
const vectors: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]

describe('a code of an authenticator app', () => {
  it.each(vectors)('at %d s is %s', (seconds, code) => {
    expect(totpStep(secret, code, seconds * 1000)).toBe(Math.floor(seconds / 30))
  })

  it.each(vectors)('at %d s is good one step later and earlier, and no further', (seconds, code) => {
    const step = Math.floor(seconds / 30)
    for (const drift of [-30, 30]) expect(totpStep(secret, code, (seconds + drift) * 1000)).toBe(step)
    for (const drift of [-60, 60]) expect(totpStep(secret, code, (seconds + drift) * 1000)).toBeNull()
  })

  it.each(['', '28708', '2870822', 'abcdef', '２８７０８２'])('is not %j', (code) => {
    expect(totpStep(secret, code, 59_000)).toBeNull()
  })
})

it('a new secret has 160 bits, and an app can read it', () => {
  const [one, other] = [newTotpSecret(), newTotpSecret()]
  expect(one).toMatch(/^[A-Z2-7]{32}$/)
  expect(one).not.toBe(other)
  const uri = new URL(totpUri(one, 'ada@example.com'))
  expect(uri.protocol).toBe('otpauth:')
  expect(decodeURIComponent(uri.pathname)).toBe('/Latchkey:ada@example.com')
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({
    secret: one,
    issuer: 'Latchkey',
    digits: '6',
    period: '30',
  })
})
