import { observe } from '../metrics.ts'
import type { Services } from '../rpc/context.ts'

/** What an instance can tell of itself at any moment. */
export function observeServices({ metrics, feed, admission, streams, database, clock, keyRing }: Services): void {
  feed.subscribe((news) => {
    if (news.kind === 'confirmed') metrics.revocationLagSeconds.observe(news.lagMilliseconds / 1000)
  })
  observe(metrics, {
    latchkey_feed_age_seconds: {
      help: 'Since this instance last heard from the database; beyond 5 it asks for each request, or refuses',
      read: () => (Number.isFinite(feed.age()) ? feed.age() / 1000 : null),
    },
    latchkey_feed_sessions: { help: 'Revoked sessions held in memory', read: feed.size },
    latchkey_clock_offset_seconds: {
      help: "The database's clock minus this machine's",
      read: () => (clock.now() - Date.now()) / 1000,
    },
    latchkey_signing_keys: { help: 'Keys whose tokens are accepted', read: () => keyRing.publicKeys().length },
    latchkey_hashing_pending: {
      help: 'Calls that hash passwords or wait for it; 204 at the most',
      read: admission.pending,
    },
    latchkey_streams_open: { help: 'Event streams that are open', read: streams.count },
    latchkey_pool_connections_open: {
      help: 'Connections to the database',
      read: () => database.connections()?.open ?? null,
    },
    latchkey_pool_connections_idle: {
      help: 'Connections to the database that nobody uses',
      read: () => database.connections()?.idle ?? null,
    },
    latchkey_pool_waiting: {
      help: 'Queries that wait for a connection',
      read: () => database.connections()?.waiting ?? null,
    },
  })
}
