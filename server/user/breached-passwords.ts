import { createHash } from 'node:crypto'
import { normalized } from './password.ts'

/** Whether a password stands in a list of leaked ones; `unknown` when the list cannot be asked. */
export type BreachCheck = (password: string) => Promise<'breached' | 'unbreached' | 'unknown'>

const answerWithinMilliseconds = 1_500
/** Longer than any range of the list; more is not read. */
const longestAnswer = 1_000_000

/** Nobody is asked. */
export const unchecked: BreachCheck = async () => 'unknown'

/**
 * Asks a list by k-anonymity: five characters of the SHA-1 leave the server, the rest is looked for in what comes back, which is padded
 * so that its size says nothing. It is advice, and fails open.
 */
export function createBreachCheck(url: string): BreachCheck {
  return async (password) => {
    const digest = createHash('sha1').update(normalized(password)).digest('hex').toUpperCase()
    try {
      const response = await fetch(`${url}${digest.slice(0, 5)}`, {
        headers: { 'add-padding': 'true' },
        redirect: 'error',
        signal: AbortSignal.timeout(answerWithinMilliseconds),
      })
      if (!response.ok) return 'unknown'
      const listed = (await response.text()).slice(0, longestAnswer).split(/\r?\n/)
      const found = listed.some((line) => {
        const [rest, count] = line.trim().split(':')
        return rest?.toUpperCase() === digest.slice(5) && Number(count) > 0
      })
      return found ? 'breached' : 'unbreached'
    } catch {
      return 'unknown'
    }
  }
}
