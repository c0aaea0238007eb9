import type { FastifyInstance } from 'fastify'

/** Requests that begin in one turn of the event loop; what each of them does until it first waits takes a fraction of a millisecond. */
const perTurn = 2

/** Lets `perTurn` callers a turn of the event loop go on, first come, first served; the others go on in the turns that follow. */
export function createTurns(): (goOn: () => void) => void {
  const waiting: (() => void)[] = []
  let begun = 0

  function nextTurn(): void {
    const next = waiting.splice(0, perTurn)
    begun = next.length
    if (begun > 0) setImmediate(nextTurn)
    for (const goOn of next) goOn()
  }

  return (goOn) => {
    if (begun === perTurn) {
      waiting.push(goOn)
      return
    }
    if (begun === 0) setImmediate(nextTurn)
    begun++
    goOn()
  }
}

/**
 * When hundreds of POSTs arrive at the same moment, a storm of sign-ins for instance, they take turns, between which queries are read and answered:
 * whoever only shows a token does not wait for all of them. By method, and neither by address nor by what the request carries, since a sender could vary those.
 */
export function registerTurns(app: FastifyInstance): void {
  const turn = createTurns()
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.method === 'POST') turn(done)
    else done()
  })
}
