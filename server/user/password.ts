import argon2 from 'argon2'
import pLimit from 'p-limit'

/** Why a new password was refused, as advice to the person who chose it. */
export type PasswordAdvice = string

/** Hashing has more work in hand than it may take on. */
export class PasswordHashingBusy extends Error {
  constructor() {
    super('Too many passwords are waiting to be hashed')
    this.name = 'PasswordHashingBusy'
  }
}

export type PasswordHasher = {
  hash(password: string): Promise<string>
  /** Whether the password fits the hash. Without a hash the same work is done, and the answer is no. */
  verify(password: string, hash: string | null): Promise<boolean>
  /** Whether the hash was made with weaker parameters than today's. */
  needsRehash(hash: string): boolean
  /** Calls that are being worked on or waiting. */
  pending(): number
}

const minimumLength = 15
/** Bounded so that nobody can make a hash expensive with its input. */
export const maximumLength = 256

/** OWASP's parameters for Argon2id: memory in KiB, passes, lanes. */
const parameters = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/**
 * Argon2 runs on libuv's four threads, which WebCrypto, files and DNS need as well: two at once leave the rest responsive.
 * Behind them a bounded queue, about five seconds long.
 */
const concurrently = 2
const longestQueue = 200

/** One spelling of each password (NIST SP 800-63B-4, 3.1.1.2), so that any keyboard can type it. */
const normalized = (password: string) => password.normalize('NFKC')

export async function createPasswordHasher(): Promise<PasswordHasher> {
  const limit = pLimit(concurrently)
  const nobody = await argon2.hash('nobody has this password', parameters)

  function run<Value>(work: () => Promise<Value>): Promise<Value> {
    if (limit.pendingCount >= longestQueue) return Promise.reject(new PasswordHashingBusy())
    return limit(work)
  }

  return {
    hash: (password) => run(() => argon2.hash(normalized(password), parameters)),
    verify: (password, hash) =>
      run(async () => (await argon2.verify(hash ?? nobody, normalized(password))) && hash !== null),
    needsRehash: (hash) => argon2.needsRehash(hash, parameters),
    pending: () => limit.activeCount + limit.pendingCount,
  }
}

/**
 * Advice against a password, or `null` when it will do. Length is what counts (NIST SP 800-63B-4): any character is welcome and
 * none is required; repetition and the person's own address or name are not secrets.
 */
export function adviseAgainst(password: string, known: readonly (string | null | undefined)[]): PasswordAdvice | null {
  const text = normalized(password)
  const length = [...text].length
  if (length < minimumLength)
    return `Use at least ${minimumLength} characters. A few unrelated words are easy to remember and hard to guess.`
  if (length > maximumLength) return `Use at most ${maximumLength} characters.`
  if (new Set(text.toLowerCase()).size < 5) return 'Use more different characters: repetition is guessed first.'
  const context = known
    .flatMap((word) => [word, word?.split('@')[0]])
    .filter((word): word is string => word !== undefined && word !== null && word.length >= 4)
  const rest = context.reduce((left, word) => left.replaceAll(word.toLowerCase(), ''), text.toLowerCase())
  if (rest.length < minimumLength / 2)
    return 'Leave your name and your e-mail address out of it: they are guessed first.'
  return null
}
