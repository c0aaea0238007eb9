import { assessPassword, type PasswordContext } from '../user/password-policy.ts'
import type { Context } from './context.ts'
import { Refusal } from './refusal.ts'

const leaked = 'This password has been leaked somewhere, and is tried first. Choose another one.'

/** Refuses a new password that is short, easy to guess or known to have leaked, with advice under the name of its field. */
export async function requireGoodPassword(
  { services, log }: Context,
  password: string,
  { field, ...context }: PasswordContext & { field: string },
): Promise<void> {
  const { problem, advice } = await assessPassword(password, context)
  if (problem) throw new Refusal('INVALID_INPUT', { fields: { [field]: advice }, problems: { [field]: problem } })
  const outcome = await services.isBreached(password)
  if (outcome === 'breached')
    throw new Refusal('INVALID_INPUT', { fields: { [field]: leaked }, problems: { [field]: 'LEAKED' } })
  if (outcome === 'unknown' && services.config.breachedPasswordsUrl)
    log.warn({ event: 'breach_check_unavailable' }, 'The list of leaked passwords could not be asked')
}
