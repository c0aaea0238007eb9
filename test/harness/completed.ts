type Completed<Outcome> = Outcome extends { user: infer User; session: infer Session }
  ? Omit<Outcome, 'user' | 'session'> & { user: NonNullable<User>; session: NonNullable<Session> }
  : never

/** The outcome of a sign-in or sign-up that is expected to end with a session. */
export function completed<Outcome extends object>(outcome: Outcome): Completed<Outcome> {
  if (!('session' in outcome) || !outcome.session)
    throw new Error('Expected a session, and was answered something else')
  return outcome as unknown as Completed<Outcome>
}
