import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

/** How soon a connection that hangs without being closed is asked for a sign of life, and a lost one is opened again. */
const heartbeatMilliseconds = 5_000
const retryMilliseconds = 500

type Subscription = {
  channel: string
  onNotify(payload: string): void
  /** Called whenever a connection begins to listen: what was notified before that has been missed. */
  onListening(): void
}

/** One connection that listens to every channel somebody subscribes to, and again after every loss. */
export type Listener = {
  /** Resolves when it listens; rejects when it cannot. */
  subscribe(subscription: Subscription): Promise<void>
  stop(): Promise<void>
}

export function createListener(connection: pg.ClientConfig): Listener {
  const subscriptions: Subscription[] = []
  const stopping = new AbortController()
  let first: Promise<pg.Client> | undefined
  let listening: Promise<void> | undefined

  const pause = (milliseconds: number) =>
    delay(milliseconds, undefined, { signal: stopping.signal, ref: false }).catch(() => {})

  async function listen(client: pg.Client, { channel, onListening }: Subscription): Promise<void> {
    await client.query(`listen ${pg.escapeIdentifier(channel)}`)
    onListening()
  }

  async function open(): Promise<pg.Client> {
    const client = new pg.Client(connection)
    // Whoever waits for an answer is told by their promise.
    client.on('error', () => {})
    client.on('notification', ({ channel, payload }) => {
      for (const subscription of subscriptions)
        if (subscription.channel === channel) subscription.onNotify(payload ?? '')
    })
    try {
      await client.connect()
      for (const subscription of subscriptions) await listen(client, subscription)
      return client
    } catch (error) {
      close(client)
      throw error
    }
  }

  /** Resolves when the connection has been lost, or is not wanted any more. */
  async function untilLost(client: pg.Client): Promise<void> {
    const lost = new Promise((resolve) => client.once('end', resolve))
    try {
      while (!stopping.signal.aborted) {
        await client.query('select 1')
        await Promise.race([lost, pause(heartbeatMilliseconds)])
      }
    } catch {}
    close(client)
  }

  async function keepListening(opened: pg.Client): Promise<void> {
    let client: pg.Client | null = opened
    while (!stopping.signal.aborted) {
      if (client) await untilLost(client)
      else await pause(retryMilliseconds)
      if (!stopping.signal.aborted) client = await open().catch(() => null)
    }
  }

  return {
    async subscribe(subscription) {
      first ??= open()
      const client = await first
      listening ??= keepListening(client)
      subscriptions.push(subscription)
      await listen(client, subscription)
    },
    async stop() {
      stopping.abort()
      await listening
    },
  }
}

/** Without waiting: a peer that is gone does not say good-bye. */
function close(client: pg.Client): void {
  client.end().catch(() => {})
}
