import { text } from '../text.ts'

const fewest = 15
const most = 128

/** Counted as the server counts: characters, not bytes, after normalisation (NIST SP 800-63B). */
const length = (password: string) => [...password.normalize('NFKC')].length

export const missingCharacters = (password: string) => Math.max(0, fewest - length(password))
export const excessCharacters = (password: string) => Math.max(0, length(password) - most)

/** What is wrong with the length of a new password, or null. Whether it is a common one, only the server knows. */
export function lengthProblem(password: string): string | null {
  const missing = missingCharacters(password)
  if (missing > 0) return text.form.passwordTooShort(missing)
  const excess = excessCharacters(password)
  return excess > 0 ? text.form.passwordTooLong(excess) : null
}
