import type { Command } from 'commander'
import { z } from 'zod'
import { recordAudit } from '../database/audit-events.ts'
import { listSessions } from '../session/list-sessions.ts'
import { revokeAnySession } from '../session/revoke-any.ts'
import { revokeAllSessions } from '../session/revoke-sessions.ts'
import { findUserByEmail } from '../user/find-user.ts'
import { actOf, nobody } from './acts.ts'
import { type Answer, table } from './answer.ts'
import type { Runner } from './run.ts'
import { origin, type Workplace } from './workplace.ts'

type Why = { reason?: string }

async function list({ database, clock }: Workplace, email: string): Promise<Answer> {
  const user = await findUserByEmail(database.orm, email)
  if (!user) return nobody(email)
  // Nobody asks from within one of them.
  const listed = await listSessions(database.orm, clock, { userId: user.id, currentId: user.id })
  const sessions = listed.map(({ current: _current, ...session }) => session)
  const rows = sessions.map(({ id, name, device, ipAddress, lastActiveAt }) => [
    id,
    name ?? ([device.browser, device.os].filter(Boolean).join(' on ') || device.kind),
    ipAddress,
    lastActiveAt,
  ])
  return { kind: 'done', text: table(['id', 'device', 'address', 'last active'], rows), data: { sessions } }
}

async function revoke({ database, clock }: Workplace, sessionId: string, { reason }: Why): Promise<Answer> {
  const unknown: Answer = { kind: 'notFound', text: `No live session has the id ${sessionId}.` }
  if (!z.uuid().safeParse(sessionId).success) return unknown
  const revoked = await database.orm.transaction((transaction) =>
    revokeAnySession(transaction, clock, { sessionId, act: actOf(reason) }),
  )
  if (!revoked) return unknown
  return { kind: 'done', text: 'The device is signed out.', data: { sessionId, ...revoked } }
}

async function revokeAll({ database, clock }: Workplace, email: string, { reason }: Why): Promise<Answer> {
  const revoked = await database.orm.transaction(async (transaction) => {
    const user = await findUserByEmail(transaction, email)
    if (!user) return null
    const userId = user.id
    const ended = await revokeAllSessions(transaction, clock, {
      userId,
      sessionId: null,
      origin,
      reason: 'administrator',
    })
    const entry = { action: 'user_signed_out', target: { kind: 'user', id: userId } } as const
    await recordAudit(transaction, clock, actOf(reason), { ...entry, details: { count: ended.length } })
    return ended
  })
  if (!revoked) return nobody(email)
  const text = `${email} is signed out everywhere: ${revoked.length} devices.`
  return { kind: 'done', text, data: { email, revokedCount: revoked.length } }
}

export function addSessions(program: Command, { act }: Runner): void {
  const session = program.command('session').description('signed-in devices')
  const why = ['--reason <words>', 'why, for the audit trail'] as const
  session
    .command('list <email>')
    .description('list the devices that somebody is signed in on')
    .action((email: string) => act((place) => list(place, email)))
  session
    .command('revoke <sessionId>')
    .description('sign one device out')
    .option(...why)
    .action((id: string, options: Why) => act((place) => revoke(place, id, options)))
  session
    .command('revoke-all <email>')
    .description('sign somebody out everywhere')
    .option(...why)
    .action((email: string, options: Why) => act((place) => revokeAll(place, email, options)))
}
