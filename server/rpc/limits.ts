import ipaddr from 'ipaddr.js'
import { type AttemptLimit, countAttempt, forgetAttempts } from '../database/attempts.ts'
import { normalizeEmail } from '../user/user.ts'
import type { Context } from './context.ts'
import { Refusal } from './refusal.ts'

const minutes = 60

/** Guesses at one account, from wherever they come. */
const perAccount: AttemptLimit = { name: 'sign-in account', attempts: 10, windowSeconds: 15 * minutes }
/** Guesses from one network, at whichever accounts; wide enough for an office behind one address. */
const perNetwork: AttemptLimit = { name: 'sign-in network', attempts: 100, windowSeconds: 15 * minutes }
const signUps: AttemptLimit = { name: 'sign-up network', attempts: 20, windowSeconds: 60 * minutes }
const keyExchanges: AttemptLimit = { name: 'key exchange network', attempts: 600, windowSeconds: 5 * minutes }

/** The network that an address belongs to, as its owner can vary the rest: /24 of IPv4, /64 of IPv6. */
export function networkOf(address: string | null): string {
  if (!address || !ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  const bytes = parsed.toByteArray().slice(0, parsed.kind() === 'ipv4' ? 3 : 8)
  return `${parsed.kind()} ${bytes.join('.')}`
}

/** The part of a request that limits are counted by. */
type Counted = Pick<Context, 'services' | 'log'> & { origin: Pick<Context['origin'], 'ipAddress'> }

async function count({ services, origin, log }: Counted, limit: AttemptLimit, subject: string): Promise<void> {
  const { database, clock } = services
  const outcome = await countAttempt(database.orm, clock, { limit, subject })
  if (outcome.kind === 'allowed') return
  log.warn({ event: 'attempts_limited', limit: limit.name, ipAddress: origin.ipAddress }, 'Too many attempts')
  throw new Refusal('TOO_MANY_ATTEMPTS', { retryAfterSeconds: outcome.retryAfterSeconds })
}

/** Counts a guess at a password before it is checked, so that parallel guesses and batches count in full. */
export async function limitPasswordAttempt(ctx: Context, email: string): Promise<void> {
  await count(ctx, perNetwork, networkOf(ctx.origin.ipAddress))
  await count(ctx, perAccount, normalizeEmail(email))
}

/** The account's owner has shown up: earlier failures do not count against them. */
export async function forgiveAccount({ services }: Context, email: string): Promise<void> {
  await forgetAttempts(services.database.orm, perAccount, normalizeEmail(email))
}

export async function limitSignUp(ctx: Context): Promise<void> {
  await count(ctx, signUps, networkOf(ctx.origin.ipAddress))
}

/** Keys cannot be guessed; this keeps exchanging them from becoming work for the database. */
export async function limitKeyExchange(request: Counted): Promise<void> {
  await count(request, keyExchanges, networkOf(request.origin.ipAddress))
}
