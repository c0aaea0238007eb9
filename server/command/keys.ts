import type { Command } from 'commander'
import { listKeys, revokeKey, rotateKeys } from '../signing/manage-keys.ts'
import { planKeys } from '../signing/plan-keys.ts'
import { actOf } from './acts.ts'
import { type Answer, table } from './answer.ts'
import type { Runner } from './run.ts'
import type { Workplace } from './workplace.ts'

type Why = { reason?: string }

async function list({ database, clock }: Workplace): Promise<Answer> {
  const keys = await listKeys(database.orm, clock)
  const rows = keys.map(({ id, algorithm, state, signsFrom, trustedUntil }) => [
    id,
    algorithm,
    state,
    signsFrom,
    trustedUntil,
  ])
  const text = table(['id', 'algorithm', 'state', 'signs from', 'trusted until'], rows)
  return { kind: 'done', text, data: { keys } }
}

async function rotate(place: Workplace, { reason }: Why): Promise<Answer> {
  const rotated = await rotateKeys(place, actOf(reason))
  if (!rotated) return { kind: 'refused', text: 'A new key is about to sign already. See: npx latchkey keys list' }
  const text = `Key ${rotated.id} is published and signs soon. Nobody is signed out.`
  return { kind: 'done', text, data: { keyId: rotated.id } }
}

async function revoke(place: Workplace, keyId: string, { reason }: Why): Promise<Answer> {
  const { database, clock } = place
  const revoked = await database.orm.transaction((transaction) =>
    revokeKey(transaction, clock, { keyId, act: actOf(reason) }),
  )
  if (!revoked) return { kind: 'notFound', text: `No trusted key has the id ${keyId}.` }
  // If it was the one that signs, the next one does not wait for an instance to notice.
  await planKeys(place)
  const text = 'The key is revoked. Its access tokens are refused from now on; browsers go on by refreshing.'
  return { kind: 'done', text, data: { keyId } }
}

export function addKeys(program: Command, { act }: Runner): void {
  const keys = program.command('keys').description('the keys that sign access tokens')
  const why = ['--reason <words>', 'why, for the audit trail'] as const
  keys
    .command('list')
    .description('list the keys and what each does now')
    .action(() => act(list))
  keys
    .command('rotate')
    .description('publish the next key ahead of plan')
    .option(...why)
    .action((options: Why) => act((place) => rotate(place, options)))
  keys
    .command('revoke <keyId>')
    .description('end all trust in a key, in an emergency')
    .option(...why)
    .action((id: string, options: Why) => act((place) => revoke(place, id, options)))
}
