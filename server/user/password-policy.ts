import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { maximumLength, normalized } from './password.ts'

/** How hard a password is to guess, from 0 to 4 as zxcvbn counts; and, when it is refused, why, as a code and as advice in words. */
export type PasswordStrength = { score: number } & (
  | { problem: PasswordProblem; advice: string }
  | { problem: null; advice: null }
)

/** NIST SP 800-63B-4, 3.1.1.2: fifteen characters where the password is all there is, eight beside a second factor. */
const minimumLength = 15
const minimumLengthBesideSecondFactor = 8
const goodEnough = 3
/** A second factor stands behind it (NIST SP 800-63B-4, 3.1.1.1). */
const goodEnoughBesideSecondFactor = 2

/**
 * Only the beginning is estimated: what is strong there is strong as a whole, and the work grows much faster than the length. For the same reason the
 * dictionary is the small one of common passwords: with all English words a hostile input took three quarters of a second.
 */
async function createEstimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: 24 })
}

/** Made when somebody first chooses a password, so that an instance where nobody does keeps no dictionary in memory. */
let estimator: Promise<ZxcvbnFactory> | undefined

/** Stable codes, for pages that say it in words of their own. */
const advices = {
  TOO_SHORT: `Use at least ${minimumLength} characters.`,
  TOO_LONG: `Use at most ${maximumLength} characters.`,
  PERSONAL: 'Leave your name and your e-mail address out of it: they are guessed first.',
  UNIFORM: 'Use more different characters: repetition is guessed first.',
  REPEATED: 'Do not repeat a part of it: repetition is guessed first.',
  KEY_ROW: 'Avoid rows of keys: they are guessed first.',
  KEY_PATTERN: 'Avoid patterns of keys: they are guessed first.',
  SEQUENCE: 'Avoid sequences such as abc or 123: they are guessed first.',
  DATE: 'Avoid dates: they are guessed first.',
  YEAR: 'Avoid years: they are guessed first.',
  MOST_COMMON: 'This is one of the most common passwords.',
  COMMON: 'This is a common password.',
  LIKE_COMMON: 'This is too much like a common password.',
  GUESSABLE: 'This would be guessed early. Use a few unrelated words, or let a password manager make one.',
} as const

export type PasswordProblem = keyof typeof advices

/** By the warnings of zxcvbn. */
const problems: Record<string, PasswordProblem> = {
  simpleRepeat: 'UNIFORM',
  extendedRepeat: 'REPEATED',
  straightRow: 'KEY_ROW',
  keyPattern: 'KEY_PATTERN',
  sequences: 'SEQUENCE',
  dates: 'DATE',
  recentYears: 'YEAR',
  topTen: 'MOST_COMMON',
  topHundred: 'MOST_COMMON',
  common: 'COMMON',
  similarToCommon: 'LIKE_COMMON',
}

const refused = (score: number, problem: PasswordProblem, advice: string = advices[problem]): PasswordStrength => ({
  score,
  problem,
  advice,
})

/** What a new password is judged by besides its text. */
export type PasswordContext = {
  /** Words that whoever knows the person would try: their address, their name. */
  known: readonly (string | null | undefined)[]
  /** Whether a second factor is asked for beside the password. */
  secondFactor: boolean
}

/** How strong a password is, and what to do when it is refused. Any character is welcome, and none is required. */
export async function assessPassword(
  password: string,
  { known, secondFactor }: PasswordContext,
): Promise<PasswordStrength> {
  const text = normalized(password)
  const length = [...text].length
  const shortest = secondFactor ? minimumLengthBesideSecondFactor : minimumLength
  if (length < shortest)
    return refused(
      0,
      'TOO_SHORT',
      `Use at least ${shortest} characters. A few unrelated words are easy to remember and hard to guess.`,
    )
  if (length > maximumLength) return refused(0, 'TOO_LONG')

  if (new Set(text.toLowerCase()).size < 5) return refused(0, 'UNIFORM')

  const words = known
    .flatMap((word) => [word, ...(word ?? '').split(/[@.\s]+/)])
    .filter((word): word is string => typeof word === 'string' && word.length >= 4)
    .map((word) => word.toLowerCase())
  // Longest first: an address before the name in it.
  const context = [...new Set(words), 'latchkey'].sort((one, other) => other.length - one.length)
  const rest = context.reduce((left, word) => left.replaceAll(word, ''), text.toLowerCase())
  if ([...rest].length < shortest / 2) return refused(1, 'PERSONAL')

  estimator ??= createEstimator()
  const { score, feedback } = (await estimator).check(text, context)
  if (score >= (secondFactor ? goodEnoughBesideSecondFactor : goodEnough)) return { score, problem: null, advice: null }
  return refused(score, problems[feedback.warning ?? ''] ?? 'GUESSABLE')
}
