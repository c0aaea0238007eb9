import type { Command } from 'commander'
import { grantRole } from '../grant-role.ts'
import { revokeUnansweredKeys } from '../service/revoke-unanswered-keys.ts'
import { revokeAllSessions } from '../session/revoke-sessions.ts'
import { type Role, roles } from '../user/change-role.ts'
import { findUserByEmail } from '../user/find-user.ts'
import { type ListedUser, listUsers } from '../user/list-users.ts'
import { sendPasswordReset } from '../user/restore-access.ts'
import { restoreUser, suspendUser } from '../user/suspend-user.ts'
import { actOf, answerOf, nobody } from './acts.ts'
import { type Answer, table } from './answer.ts'
import { createUser } from './create-user.ts'
import { resetPassword } from './reset-password.ts'
import type { Runner } from './run.ts'
import type { Workplace } from './workplace.ts'

type Why = { reason?: string }

const pageSize = 200

async function everyUser({ database, clock }: Workplace, search: string | undefined, limit: number) {
  const found: ListedUser[] = []
  for (;;) {
    const last = found.at(-1)
    const after = last && { createdAt: Date.parse(last.createdAt), id: last.id }
    const page = await listUsers(database.orm, clock, {
      search,
      after,
      limit: Math.min(pageSize, limit - found.length),
    })
    found.push(...page)
    if (page.length < pageSize || found.length >= limit) return found
  }
}

async function list(place: Workplace, { search, limit }: { search?: string; limit: string }): Promise<Answer> {
  const most = Number(limit)
  if (!Number.isInteger(most) || most < 1) return { kind: 'usage', text: '--limit is a number from 1.' }
  const users = await everyUser(place, search, most)
  const rows = users.map((user) => [
    user.email,
    user.role,
    user.suspendedAt ? 'suspended' : 'active',
    user.secondFactor ? 'yes' : 'no',
    user.sessionCount,
    user.createdAt,
  ])
  const text = table(['address', 'role', 'state', 'second factor', 'devices', 'created'], rows)
  return { kind: 'done', text, data: { users } }
}

async function suspend({ database, clock }: Workplace, email: string, { reason }: Why): Promise<Answer> {
  const act = actOf(reason)
  const outcome = await database.orm.transaction(async (transaction) => {
    const user = await findUserByEmail(transaction, email)
    if (!user) return { kind: 'unknownUser' as const }
    const userId = user.id
    const suspended = await suspendUser(transaction, clock, { userId, act })
    if (suspended.kind === 'done') {
      const { origin } = act
      await revokeAllSessions(transaction, clock, { userId, sessionId: null, origin, reason: 'suspended' })
      await revokeUnansweredKeys(transaction, clock, { ownerId: userId, origin })
    }
    return suspended
  })
  const done = `${email} is suspended and signed out everywhere.`
  return answerOf(outcome, { email, done, unchanged: `${email} is suspended already.` })
}

async function restore({ database, clock }: Workplace, email: string, { reason }: Why): Promise<Answer> {
  const outcome = await database.orm.transaction(async (transaction) => {
    const user = await findUserByEmail(transaction, email)
    if (!user) return { kind: 'unknownUser' as const }
    return restoreUser(transaction, clock, { userId: user.id, act: actOf(reason) })
  })
  const done = `${email} may sign in again.`
  return answerOf(outcome, { email, done, unchanged: `${email} is not suspended.` })
}

async function grant({ database, clock }: Workplace, email: string, role: string): Promise<Answer> {
  const known = roles.find((name): name is Role => name === role)
  if (!known) return { kind: 'usage', text: `There is no role ${role}. Use one of: ${roles.join(', ')}.` }
  const granted = await grantRole(database, clock, { email, role: known })
  if (granted === 'unknownUser')
    return { kind: 'notFound', text: `Nobody has signed up as ${email}. Create the account first.` }
  if (granted === 'notAllowed')
    return { kind: 'refused', text: `${email} is the last administrator. Make somebody else one first: npm run grant` }
  const changed = granted === 'done'
  const text = changed ? `${email} is ${known} from the next sign-in on.` : `${email} is ${known} already.`
  return { kind: 'done', text, data: { email, role: known, changed } }
}

async function mailReset(place: Workplace, email: string, { reason }: Why): Promise<Answer> {
  const user = await findUserByEmail(place.database.orm, email)
  if (!user) return nobody(email)
  const act = actOf(reason)
  const outcome = await place.database.orm.transaction((transaction) =>
    sendPasswordReset(transaction, place, { userId: user.id, act }),
  )
  if (outcome.kind === 'notAllowed')
    return { kind: 'refused', text: `${email} is suspended. Restore the account first.` }
  const done = `A link to a new password is on its way to ${email}, by the next instance that runs.`
  return answerOf(outcome, { email, done, unchanged: '' })
}

export function addUsers(program: Command, { act }: Runner): void {
  const user = program.command('user').description('people and their accounts')
  const why = ['--reason <words>', 'why, for the audit trail'] as const
  user
    .command('create <email>')
    .description('create an account; the password comes from standard input')
    .option('--name <name>', 'what the person is called')
    .option('--role <role>', `one of ${roles.join(', ')}`)
    .option('--verified', 'the address is known to be theirs')
    .action((email: string, options: { name?: string; role?: string; verified?: boolean }) =>
      act((place) => createUser(place, { email, ...options })),
    )
  user
    .command('list')
    .description('list accounts, the newest first')
    .option('--search <text>', 'the beginning of an address or a name')
    .option('--limit <count>', 'at most so many', '1000')
    .action((options: { search?: string; limit: string }) => act((place) => list(place, options)))
  user
    .command('suspend <email>')
    .description('sign somebody out everywhere and keep them out')
    .option(...why)
    .action((email: string, options: Why) => act((place) => suspend(place, email, options)))
  user
    .command('restore <email>')
    .description('lift a suspension')
    .option(...why)
    .action((email: string, options: Why) => act((place) => restore(place, email, options)))
  user
    .command('grant <email> <role>')
    .description(`give somebody a role: ${roles.join(', ')}`)
    .action((email: string, role: string) => act((place) => grant(place, email, role)))
  user
    .command('reset-password <email>')
    .description('set a password from standard input, and sign the person out everywhere')
    .option('--mail', 'mail the person a link instead')
    .option(...why)
    .action((email: string, { mail, ...options }: Why & { mail?: boolean }) =>
      act((place) => (mail ? mailReset(place, email, options) : resetPassword(place, email, options))),
    )
}
