import { createHash } from 'node:crypto'
import argon2 from 'argon2'
import pLimit from 'p-limit'

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
  /** Whether the hash was made with weaker parameters than today's, or with another pepper. */
  needsRehash(hash: string): boolean
  /** Calls that are being worked on or waiting. */
  pending(): number
}

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
export const normalized = (password: string) => password.normalize('NFKC')

/** A key that goes into the hash and never into the database (NIST SP 800-63B-4, 3.1.1.2). Its name in front of a hash says which one it was. */
type Pepper = { name: string; secret: Buffer }

function pepperOf(text: string): Pepper {
  const name = createHash('sha256').update('latchkey pepper name').update(text).digest('base64url').slice(0, 6)
  return { name, secret: Buffer.from(text) }
}

/** `[pepper name:]PHC string` */
function split(hash: string): { pepperName: string | null; phc: string } {
  const start = hash.indexOf('$')
  return { pepperName: start > 0 ? hash.slice(0, start - 1) : null, phc: hash.slice(start) }
}

/** Hashes with the first of `peppers`; the others are still known, until the last of their passwords has been hashed anew. */
export async function createPasswordHasher(peppers: readonly string[] = []): Promise<PasswordHasher> {
  const known = peppers.map(pepperOf)
  const [newest] = known
  const limit = pLimit(concurrently)

  const make = async (password: string) => {
    const phc = await argon2.hash(normalized(password), { ...parameters, ...(newest && { secret: newest.secret }) })
    return newest ? `${newest.name}:${phc}` : phc
  }
  const nobody = await make('nobody has this password')

  async function fits(password: string, hash: string): Promise<boolean> {
    const { pepperName, phc } = split(hash)
    const pepper = known.find(({ name }) => name === pepperName)
    const right = await argon2.verify(phc, normalized(password), pepper && { secret: pepper.secret })
    // With a pepper that is no longer known the work has been done, and cannot have succeeded.
    return right && (pepperName === null || pepper !== undefined)
  }

  function run<Value>(work: () => Promise<Value>): Promise<Value> {
    if (limit.pendingCount >= longestQueue) return Promise.reject(new PasswordHashingBusy())
    return limit(work)
  }

  return {
    hash: (password) => run(() => make(password)),
    verify: (password, hash) => run(async () => (await fits(password, hash ?? nobody)) && hash !== null),
    needsRehash(hash) {
      const { pepperName, phc } = split(hash)
      return pepperName !== (newest?.name ?? null) || argon2.needsRehash(phc, parameters)
    },
    pending: () => limit.activeCount + limit.pendingCount,
  }
}
