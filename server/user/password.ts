import { createHash, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseOptions } from '@node-rs/argon2'
import { Piscina } from 'piscina'

export type PasswordHasher = {
  hash(password: string): Promise<string>
  /** Whether the password fits the hash. Without a hash the same work is done, and the answer is no. */
  verify(password: string, hash: string | null): Promise<boolean>
  /** Whether the hash was made with weaker parameters than today's, or with another pepper. */
  needsRehash(hash: string): boolean
  /** Ends its threads, when they have done what they were given. */
  close(): Promise<void>
}

/** Bounded so that nobody can make a hash expensive with its input. */
export const maximumLength = 256

/** Argon2id (2 to the library) with OWASP's parameters: memory in KiB, passes, lanes. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Elsewhere than on Linux a priority is that of the whole process. */
const threadsHavePriorities = process.platform === 'linux'

/**
 * Hashing has threads of its own, rather than those of libuv, which WebCrypto, files and DNS need: two of them, which make way for whatever else
 * the process does (`nice`, up to 19). They end when nobody has signed in for a while.
 */
const threadsOf = (nice: number) => ({
  filename: fileURLToPath(new URL('./hashing-thread.js', import.meta.url)),
  minThreads: 0,
  maxThreads: 2,
  idleTimeout: 10_000,
  niceIncrement: threadsHavePriorities ? nice : 0,
})

/** A hash that no password is known to fit, made without any work: 16 bytes of salt, 32 of hash, by chance. */
function hashOfNobody(): string {
  const { memoryCost, timeCost, parallelism } = parameters
  const text = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${text(16)}$${text(32)}`
}

/** Whether a hash was made with parameters below today's, or by another variant of Argon2. */
function isWeak(phc: string): boolean {
  const { algorithm, memoryCost, timeCost } = parseOptions(phc)
  return algorithm !== parameters.algorithm || memoryCost < parameters.memoryCost || timeCost < parameters.timeCost
}

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
export function createPasswordHasher(peppers: readonly string[] = [], { nice = 0 } = {}): PasswordHasher {
  const known = peppers.map(pepperOf)
  const [newest] = known
  const nobody = (newest ? `${newest.name}:` : '') + hashOfNobody()
  const pool = new Piscina(threadsOf(nice))
  const secretOf = (pepper: Pepper | undefined) => (pepper ? { secret: pepper.secret } : {})

  async function hash(password: string): Promise<string> {
    const task = { password: normalized(password), options: { ...parameters, ...secretOf(newest) } }
    const phc = (await pool.run(task, { name: 'hash' })) as string
    return newest ? `${newest.name}:${phc}` : phc
  }

  async function fits(password: string, hash: string): Promise<boolean> {
    const { pepperName, phc } = split(hash)
    const pepper = known.find(({ name }) => name === pepperName)
    const task = { password: normalized(password), phc, options: secretOf(pepper) }
    const right = (await pool.run(task, { name: 'verify' })) as boolean
    // With a pepper that is no longer known the work has been done, and cannot have succeeded.
    return right && (pepperName === null || pepper !== undefined)
  }

  return {
    hash,
    verify: async (password, hash) => (await fits(password, hash ?? nobody)) && hash !== null,
    needsRehash(hash) {
      const { pepperName, phc } = split(hash)
      return pepperName !== (newest?.name ?? null) || isWeak(phc)
    },
    close: () => pool.close(),
  }
}

/** Hashes one password, for whoever has no more of them. */
export async function hashOnce(password: string, peppers: readonly string[] = []): Promise<string> {
  const hasher = createPasswordHasher(peppers)
  try {
    return await hasher.hash(password)
  } finally {
    await hasher.close()
  }
}
