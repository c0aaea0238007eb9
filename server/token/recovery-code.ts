import { createHash, randomBytes } from 'node:crypto'

/** Crockford's base 32: no letter that can be taken for a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 24
const groups = /.{4}(?=.)/g

/** How many codes a set has. */
export const codesInSet = 10

/** A code of 120 random bits, in groups that can be read aloud: past 112 bits a plain hash is enough (ASVS 6.5.2). */
export function newRecoveryCode(): string {
  // 256 is a multiple of 32: every character is equally likely.
  const characters = [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length])
  return characters.join('').replace(groups, '$&-')
}

/** The hash of a code as somebody typed it; `null` for what cannot be one. Case, spaces and hyphens do not matter, and O is 0, I and L are 1. */
export function hashRecoveryCode(typed: string): Buffer | null {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  if (code.length !== length || [...code].some((character) => !alphabet.includes(character))) return null
  return createHash('sha256').update(`latchkey recovery code ${code}`).digest()
}
