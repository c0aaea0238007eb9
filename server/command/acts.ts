import type { Act } from '../database/audit-events.ts'
import type { ActOutcome } from '../user/act-on-user.ts'
import type { Answer } from './answer.ts'
import { origin } from './workplace.ts'

/** An act of whoever sits at the machine, with the reason that they gave. */
export const actOf = (reason: string | undefined): Act => ({
  actor: { kind: 'operator' },
  origin,
  reason: reason ?? null,
})

export const nobody = (email: string): Answer => ({ kind: 'notFound', text: `Nobody has the address ${email}.` })

/** What an act on a user came to, in words. */
export function answerOf(outcome: ActOutcome, said: { email: string; done: string; unchanged: string }): Answer {
  const { email, done, unchanged } = said
  switch (outcome.kind) {
    case 'done':
      return { kind: 'done', text: done, data: { userId: outcome.userId, email, changed: true } }
    case 'unchanged':
      return { kind: 'done', text: unchanged, data: { email, changed: false } }
    case 'unknownUser':
      return nobody(email)
    case 'notAllowed':
      return { kind: 'refused', text: `${email} is the last administrator. Make somebody else one first.` }
  }
}
