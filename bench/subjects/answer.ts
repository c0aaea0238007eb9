import { randomUUID } from 'node:crypto'

/** What every subject answers: as long as `auth.whoami` of Latchkey. */
export type Answer = { userId: string; sessionId: string; role: string; amr: string[]; accessTokenExpiresAt: string }

/** The answer about one user. */
export function answerFor(userId: string, sessionId: string = randomUUID()): Answer {
  return {
    userId,
    sessionId,
    role: 'user',
    amr: ['pwd'],
    accessTokenExpiresAt: new Date(Date.now() + 600_000).toISOString(),
  }
}

/** The answer of subjects that ask nobody. */
export const constantAnswer: Answer = answerFor(randomUUID())
