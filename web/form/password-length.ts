import { text } from '../text.ts'

/** The fewest characters of a password that is all there is, and of one beside a second factor (NIST SP 800-63B-4, 3.1.1.2). */
export const fewestAlone = 15
export const fewestBesideSecondFactor = 8
export const most = 256

/** Counted as the server counts: characters, not bytes, after normalisation (NIST SP 800-63B). */
const length = (password: string) => [...password.normalize('NFKC')].length

/** What is wrong with the length of a new password, or null. Whether it is easy to guess, only the server knows. */
export function lengthProblem(password: string, fewest = fewestAlone): string | null {
  const missing = fewest - length(password)
  if (missing > 0) return text.form.passwordTooShort(missing)
  const excess = length(password) - most
  return excess > 0 ? text.form.passwordTooLong(excess) : null
}
