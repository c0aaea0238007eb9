import ipaddr from 'ipaddr.js'
import { type AttemptLimit, countAttempt, forgetAttempts } from '../database/attempts.ts'
import type { Queryable } from '../database/connect.ts'
import { knownDeviceOf } from '../token/known-device.ts'
import { tellSignInsThrottled } from '../user/sign-ins-throttled.ts'
import { normalizeEmail } from '../user/user.ts'
import type { Context } from './context.ts'
import { Refusal } from './refusal.ts'

const minutes = 60

/** Guesses at one account, from wherever strangers make them. Whoever keeps guessing waits longer each time. */
const perAccount: AttemptLimit = { name: 'sign-in account', attempts: 10, windowSeconds: 15 * minutes, grows: true }
/** Guesses from one network, at whichever accounts; wide enough for an office behind one address. */
const perNetwork: AttemptLimit = { name: 'sign-in network', attempts: 100, windowSeconds: 15 * minutes, grows: true }
/** Guesses from a browser in which the account's owner has signed in before: counted apart, so that no stranger can lock them out. */
const perKnownDevice: AttemptLimit = { name: 'sign-in device', attempts: 10, windowSeconds: 15 * minutes, grows: true }
/** Guesses at a second factor, by somebody who knows the password. */
const secondFactors: AttemptLimit = { name: 'second factor', attempts: 5, windowSeconds: 15 * minutes, grows: true }
const signUps: AttemptLimit = { name: 'sign-up network', attempts: 20, windowSeconds: 60 * minutes }
const keyExchanges: AttemptLimit = { name: 'key exchange network', attempts: 600, windowSeconds: 5 * minutes }
/** Mails that strangers can have sent to one address. */
const mails: AttemptLimit = { name: 'mail address', attempts: 5, windowSeconds: 60 * minutes }
/** Pages that are opened without signing in: links, passkeys, the strength of a password. */
const visits: AttemptLimit = { name: 'visit network', attempts: 300, windowSeconds: 5 * minutes }

/** The network that an address belongs to, as its owner can vary the rest: /24 of IPv4, /64 of IPv6. */
export function networkOf(address: string | null): string {
  if (!address || !ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  const bytes = parsed.toByteArray().slice(0, parsed.kind() === 'ipv4' ? 3 : 8)
  return `${parsed.kind()} ${bytes.join('.')}`
}

/** The part of a request that limits are counted by. */
type Counted = Pick<Context, 'services' | 'log'> &
  Partial<Pick<Context, 'callCount'>> & { origin: Pick<Context['origin'], 'ipAddress'> }

/** Counts one attempt, of one request: what is limited does not travel in batches. `onFirst` runs for the first of a window that is refused. */
async function count(
  { services, origin, log, callCount = 1 }: Counted,
  { limit, subject, onFirst }: { limit: AttemptLimit; subject: string; onFirst?: () => Promise<void> },
): Promise<void> {
  if (callCount > 1) throw new Refusal('INVALID_INPUT', { fields: { batch: 'Call this by itself' } })
  const { database, clock, metrics } = services
  const outcome = await countAttempt(database.orm, clock, { limit, subject })
  if (outcome.kind === 'allowed') return
  metrics.attemptsLimited.inc({ limit: limit.name })
  log.warn({ event: 'attempts_limited', limit: limit.name, ipAddress: origin.ipAddress }, 'Too many attempts')
  if (outcome.first) await onFirst?.()
  throw new Refusal('TOO_MANY_ATTEMPTS', { retryAfterSeconds: outcome.retryAfterSeconds })
}

const knownDevice = ({ cookies, services }: Context, address: string) =>
  cookies.known === null ? null : knownDeviceOf(cookies.known, address, services.secrets)

/**
 * Counts a guess at a password before it is checked, so that parallel guesses and batches count in full. `account` is an address, or the id of
 * a user whose session is guessing.
 */
export async function limitPasswordAttempt(ctx: Context, account: string): Promise<void> {
  const address = normalizeEmail(account)
  const device = knownDevice(ctx, address)
  if (device) return count(ctx, { limit: perKnownDevice, subject: `${address} ${device}` })
  await count(ctx, { limit: perNetwork, subject: networkOf(ctx.origin.ipAddress) })
  await count(ctx, { limit: perAccount, subject: address, onFirst: () => tell(ctx, address) })
}

async function tell({ services, origin }: Context, address: string): Promise<void> {
  await services.database.orm.transaction((transaction) =>
    tellSignInsThrottled(transaction, services, { address, origin }),
  )
}

/** Counts a guess at a code. */
export async function limitSecondFactorAttempt(ctx: Context, user: { id: string; email: string }): Promise<void> {
  const device = knownDevice(ctx, user.email) ?? 'unknown'
  await count(ctx, { limit: secondFactors, subject: `${user.id} ${device}` })
}

/** The account's owner has shown up: earlier failures of theirs do not count against them. In a browser that is known, strangers' failures still count against strangers. */
export async function forgiveAccount(ctx: Context, account: string): Promise<void> {
  const { orm } = ctx.services.database
  const address = normalizeEmail(account)
  const device = knownDevice(ctx, address)
  if (device) await forgetAttempts(orm, perKnownDevice, `${address} ${device}`)
  else await forgetAttempts(orm, perAccount, address)
}

/** The same for their codes. */
export async function forgiveSecondFactor(ctx: Context, user: { id: string; email: string }): Promise<void> {
  const device = knownDevice(ctx, user.email) ?? 'unknown'
  await forgetAttempts(ctx.services.database.orm, secondFactors, `${user.id} ${device}`)
}

/** Lifts every wait that strangers' guesses at an account have caused. Run in the transaction that records who did so. */
export async function liftLimits(orm: Queryable, user: { id: string; email: string }): Promise<void> {
  await forgetAttempts(orm, perAccount, user.email)
  await forgetAttempts(orm, perAccount, user.id)
  await forgetAttempts(orm, secondFactors, `${user.id} unknown`)
  await forgetAttempts(orm, mails, user.email)
}

/** Counts a mail before it is sent, whether anybody has the address or not. */
export async function limitMail(ctx: Context, address: string): Promise<void> {
  await count(ctx, { limit: visits, subject: networkOf(ctx.origin.ipAddress) })
  await count(ctx, { limit: mails, subject: normalizeEmail(address) })
}

export async function limitVisit(ctx: Context): Promise<void> {
  await count(ctx, { limit: visits, subject: networkOf(ctx.origin.ipAddress) })
}

export async function limitSignUp(ctx: Context): Promise<void> {
  await count(ctx, { limit: signUps, subject: networkOf(ctx.origin.ipAddress) })
}

/** Keys cannot be guessed; this keeps exchanging them from becoming work for the database. */
export async function limitKeyExchange(request: Counted): Promise<void> {
  await count(request, { limit: keyExchanges, subject: networkOf(request.origin.ipAddress) })
}
