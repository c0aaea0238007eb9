import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Streams } from '../rpc/streams.ts'

/** How an instance goes without a request noticing. */
export type Draining = {
  /** Whether it is on its way out: `/readyz` says so, so that balancers send nothing new. */
  isDraining(): boolean
  /**
   * Not ready from now on; for `delaySeconds` everything is served as before, then streams are told to come back elsewhere, and what is under way is
   * finished. Close the app afterwards.
   */
  drain(delaySeconds: number): Promise<void>
}

/** No request may take longer; one that does is cut off. */
const longestRequestMilliseconds = 15_000

export function registerDrain(app: FastifyInstance, streams: Streams): Draining {
  let draining = false
  /**
   * How many are under way of those that came before the next drain. Counted and not kept: a set of replies, however few at a time, keeps a quarter of all replies
   * from being collected before a full collection.
   */
  let current = { underWay: 0 }

  app.addHook('onRequest', (_request, reply, done) => {
    const among = current
    among.underWay++
    reply.raw.on('close', () => {
      among.underWay--
    })
    // The connection is not used again, and its owner opens the next one to somebody who stays.
    if (draining) reply.header('connection', 'close')
    done()
  })
  return {
    isDraining: () => draining,
    async drain(delaySeconds) {
      draining = true
      await delay(delaySeconds * 1000)
      streams.close()
      // Those that are here now: whoever keeps coming although we are not ready does not hold us back.
      const last = current
      current = { underWay: 0 }
      const giveUpAt = performance.now() + longestRequestMilliseconds
      while (last.underWay > 0 && performance.now() < giveUpAt) await delay(20)
      app.server.closeIdleConnections()
    },
  }
}
