import type { Command } from 'commander'
import { z } from 'zod'
import { recordAudit } from '../database/audit-events.ts'
import { createServiceAccount } from '../service/accounts.ts'
import { addServiceKey } from '../service/keys.ts'
import { rotateServiceKey } from '../service/rotate-key.ts'
import { findUserByEmail } from '../user/find-user.ts'
import { actOf, nobody } from './acts.ts'
import type { Answer } from './answer.ts'
import type { Runner } from './run.ts'
import { origin, type Workplace } from './workplace.ts'

type Lifetime = { expiresInDays: string }
type NewAccount = Lifetime & { owner: string; scope: string[] }

const daySeconds = 86_400
const shown = 'This is the only time that the key is shown'

/** Days as they were written, in seconds. */
function lifetime({ expiresInDays }: Lifetime): number | null {
  const days = Number(expiresInDays)
  return Number.isInteger(days) && days >= 1 && days <= 366 ? days * daySeconds : null
}

const badLifetime: Answer = { kind: 'usage', text: '--expires-in-days is a number from 1 to 366.' }

async function create({ database, clock }: Workplace, name: string, options: NewAccount): Promise<Answer> {
  const { owner: email, scope } = options
  const expiresInSeconds = lifetime(options)
  if (expiresInSeconds === null) return badLifetime
  const scopes = [...new Set(scope)]
  if (scopes.some((one) => !/^[a-z0-9][a-z0-9:._-]{0,39}$/.test(one)) || scopes.length > 10)
    return { kind: 'usage', text: 'Write at most ten scopes such as revocations:read.' }
  if (name.trim() === '' || name.length > 100) return { kind: 'usage', text: 'A name has 1 to 100 characters.' }
  return database.orm.transaction(async (transaction): Promise<Answer> => {
    const user = await findUserByEmail(transaction, email)
    if (!user) return nobody(email)
    const ownerId = user.id
    const created = await createServiceAccount(transaction, clock, { ownerId, name, scopes, origin })
    if (created.kind === 'notAllowed')
      return { kind: 'refused', text: `${email} is no active administrator, and cannot own a service account.` }
    if (created.kind === 'tooMany') return { kind: 'refused', text: `${email} owns too many service accounts.` }
    const { accountId } = created
    const added = await addServiceKey(transaction, clock, { ownerId, accountId, expiresInSeconds, origin })
    if (added.kind !== 'added') throw new Error('A service account that was just created has no key')
    const entry = { action: 'service_account_created', target: { kind: 'service_account', id: accountId } } as const
    await recordAudit(transaction, clock, actOf(undefined), entry)
    return {
      kind: 'done',
      text: `Client id  ${accountId}\nKey        ${added.text}\n${shown}.`,
      data: { accountId, key: added.text, scopes },
    }
  })
}

async function rotate({ database, clock }: Workplace, accountId: string, options: Lifetime): Promise<Answer> {
  const unknown: Answer = { kind: 'notFound', text: `No service account has the id ${accountId}.` }
  const expiresInSeconds = lifetime(options)
  if (expiresInSeconds === null) return badLifetime
  if (!z.uuid().safeParse(accountId).success) return unknown
  return database.orm.transaction(async (transaction): Promise<Answer> => {
    const rotated = await rotateServiceKey(transaction, clock, { accountId, expiresInSeconds, origin })
    if (rotated.kind === 'notFound') return unknown
    const entry = { action: 'service_key_rotated', target: { kind: 'service_account', id: accountId } } as const
    await recordAudit(transaction, clock, actOf(undefined), entry)
    const others =
      rotated.revoked.length > 0 ? 'The older of two keys is revoked; the other' : 'The key that there was, if any,'
    return {
      kind: 'done',
      text: `Key  ${rotated.text}\n${shown}. ${others} stays good until the next rotation.`,
      data: { accountId, key: rotated.text, revokedKeyIds: rotated.revoked },
    }
  })
}

export function addServiceAccounts(program: Command, { act }: Runner): void {
  const account = program.command('service-account').description('programs that call in their own name')
  const days = ['--expires-in-days <days>', 'how long the key is good for', '90'] as const
  account
    .command('create <name>')
    .description('create one with a first key')
    .requiredOption('--owner <email>', 'the administrator who answers for it')
    .requiredOption('--scope <scopes...>', 'what it may do, such as revocations:read')
    .option(...days)
    .action((name: string, options: NewAccount) => act((place) => create(place, name, options)))
  account
    .command('rotate <accountId>')
    .description('add a key; of two that there were, the older one is revoked')
    .option(...days)
    .action((id: string, options: Lifetime) => act((place) => rotate(place, id, options)))
}
