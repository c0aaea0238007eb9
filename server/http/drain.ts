import type { ServerResponse } from 'node:http'
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
  const underWay = new Set<ServerResponse>()

  function end(this: ServerResponse): void {
    underWay.delete(this)
  }
  app.addHook('onRequest', (_request, reply, done) => {
    underWay.add(reply.raw)
    reply.raw.on('close', end)
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
      const last = [...underWay]
      const giveUpAt = performance.now() + longestRequestMilliseconds
      while (last.some((response) => underWay.has(response)) && performance.now() < giveUpAt) await delay(20)
      app.server.closeIdleConnections()
    },
  }
}
