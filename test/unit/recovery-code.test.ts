import { expect, it } from 'vitest'
import { hashRecoveryCode, newRecoveryCode } from '../../server/token/recovery-code.ts'

it('a recovery code has 120 random bits in groups that can be read aloud', () => {
  const codes = new Set(Array.from({ length: 100 }, newRecoveryCode))
  expect(codes.size).toBe(100)
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
})

it('is the same however it is typed', () => {
  const code = '0123-4567-89AB-CDEF-GHJK-MNPQ'
  const hash = hashRecoveryCode(code)?.toString('hex')
  for (const typed of [
    code.toLowerCase(),
    code.replaceAll('-', ''),
    ` ${code.replaceAll('-', ' ')} `,
    code.replace('0', 'O').replace('1', 'l'),
  ])
    expect(hashRecoveryCode(typed)?.toString('hex')).toBe(hash)
  // Computed by another program from the format as it is written down.
  expect(hash).toBe('a5e9875dbeba1c6dd91d690df4154c556cc0947515aa6ec8e7b3e5fa06912dc7')
})

it.each([
  '',
  '0123',
  '0123-4567-89AB-CDEF-GHJK-MNP',
  '0123-4567-89AB-CDEF-GHJK-MNPU',
  '0123-4567-89AB-CDEF-GHJK-MNPQ0',
])('%j cannot be one', (typed) => {
  expect(hashRecoveryCode(typed)).toBeNull()
})
