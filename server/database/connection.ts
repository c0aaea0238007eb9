import { Socket } from 'node:net'
import pg from 'pg'

/** Longer than any statement may run: a connection that has owed an answer for this long will not give it. */
const silenceMilliseconds = 10_000
/** Connections that nobody needs are closed before their silence looks suspicious. */
const idleMilliseconds = 8_000
const connectMilliseconds = 5_000

/**
 * Statements end by themselves before a caller has given up on them, and an abandoned transaction cannot keep
 * its locks: the revocation feed's overlap relies on these bounds.
 */
const serverTimeouts = {
  statement_timeout: 5_000,
  lock_timeout: 4_000,
  idle_in_transaction_session_timeout: 5_000,
}

/** A peer that vanished without a word would otherwise be waited for as long as TCP does: a quarter of an hour. */
function impatientSocket(): Socket {
  const socket = new Socket()
  return socket.setTimeout(silenceMilliseconds, () => socket.destroy())
}

/** Settings of a single connection to `url`. */
export function connectionTo(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectMilliseconds,
    keepAlive: true,
    stream: impatientSocket,
  }
}

type Callback = Parameters<pg.Pool['connect']>[0]

/**
 * Up to `max` connections, opened when they are needed. `pooled` says that `url` is a transaction pooler, which refuses
 * settings of a session.
 */
export class ConnectionPool extends pg.Pool {
  constructor(url: string, { max, pooled }: { max: number; pooled: boolean }) {
    super({ ...connectionTo(url), ...(pooled ? {} : serverTimeouts), max, idleTimeoutMillis: idleMilliseconds })
    // A connection that is lost while idle is replaced when it is needed; while in use, whoever uses it is told by their query.
    this.on('error', () => {})
    this.on('connect', (client) => client.on('error', () => {}))
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: Callback): void
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    if (!callback) return super.connect().then(releasedWhenLost)
    super.connect(callback)
    return undefined
  }
}

/** Drizzle does not give a connection back on which a transaction could not even begin; each would be missing from the pool for good. */
function releasedWhenLost(client: pg.PoolClient): pg.PoolClient {
  const release = client.release.bind(client)
  const lost = () => client.release(true)
  client.once('end', lost)
  client.release = (destroy) => {
    client.off('end', lost)
    client.release = () => {}
    release(destroy)
  }
  return client
}
