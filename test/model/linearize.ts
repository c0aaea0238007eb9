/**
 * Searches for an order in which concurrent operations could have taken effect one after another (Wing and Gong, 1993).
 * An operation is a generator of atomic acts on a shared state: each act takes effect at one moment between the
 * operation's invocation and its response, in order; the acts of others may come between.
 */

/** All that an act may come to, as the state after it and what it answers; almost always one. */
export type Act<State> = (state: State) => readonly (readonly [State, unknown])[]

export type Acts<State, Reply> = Generator<Act<State>, Reply, unknown>

/** `responded` is infinite for one whose response was never seen; then it may have taken effect or not. */
export type Operation<State, Reply> = {
  invoked: number
  responded: number
  acts: () => Acts<State, Reply>
  /** Whether this is the reply that was seen. */
  fits: (reply: Reply) => boolean
}

/** Yields one act from within an operation and gives its answer a type. */
export function* atomically<State, Answer>(
  act: (state: State) => readonly (readonly [State, Answer])[],
): Generator<Act<State>, Answer, unknown> {
  return (yield act) as Answer
}

/** An operation on its way: what its acts have answered so far, which is all that its future depends on. */
type Progress = { answers: readonly unknown[]; over: boolean }

/**
 * The state after some order that explains every reply and that `accepts`; `null` when there is none. The state must be
 * made of plain values.
 */
export function linearize<State, Reply>(
  start: State,
  operations: readonly Operation<State, Reply>[],
  accepts: (state: State) => boolean = () => true,
): State | null {
  const seen = new Set<string>()
  /** What was answered first most likely took effect first. */
  const inOrderOfResponse = operations
    .map((operation, index) => ({ operation, index }))
    .sort((one, other) => one.operation.responded - other.operation.responded)

  /** How far these answers take an operation. Generators cannot be copied, so each is played again from its start. */
  function play({ acts, fits }: Operation<State, Reply>, answers: readonly unknown[]) {
    const playing = acts()
    let step = playing.next()
    for (const answer of answers) step = playing.next(answer)
    return step.done ? { act: null, fits: fits(step.value) } : { act: step.value, fits: true }
  }

  /** `null` when it ended in another reply than was seen. */
  function advanced(operation: Operation<State, Reply>, answers: readonly unknown[]): Progress | null {
    const { act, fits } = play(operation, answers)
    if (!fits) return null
    return act ? { answers, over: false } : { answers: [], over: true }
  }

  function search(state: State, progress: readonly Progress[]): State | null {
    const key = JSON.stringify([state, progress])
    if (seen.has(key)) return null
    seen.add(key)
    const open = inOrderOfResponse.filter(({ index }) => !progress[index]?.over)
    if (open.every(({ operation }) => operation.responded === Number.POSITIVE_INFINITY) && accepts(state)) return state
    const firstResponse = open[0]?.operation.responded ?? Number.POSITIVE_INFINITY
    for (const { operation, index } of open) {
      // Whatever began after another had ended takes effect after it.
      if (operation.invoked > firstResponse) continue
      const answers = progress[index]?.answers ?? []
      for (const [after, answer] of play(operation, answers).act?.(state) ?? []) {
        const moved = advanced(operation, [...answers, answer])
        const found = moved && search(after, progress.with(index, moved))
        if (found) return found
      }
    }
    return null
  }

  const beginnings = operations.map((operation) => advanced(operation, []))
  return beginnings.some((beginning) => beginning === null)
    ? null
    : search(
        start,
        beginnings.filter((beginning) => beginning !== null),
      )
}
