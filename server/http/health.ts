import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { withDeadline } from '../database/faults.ts'
import type { Services } from '../rpc/context.ts'
import type { Draining } from './drain.ts'

const deadlineMilliseconds = 2_000

/**
 * `/livez`: the process answers. `/readyz`: it can serve, since the database is reachable and migrated and the feed is fresh; not while it is
 * on its way out.
 */
export function registerHealth(
  app: FastifyInstance,
  { database, feed, keyRing }: Services,
  { isDraining }: Draining,
): void {
  app.get('/livez', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'alive' }))

  app.get('/readyz', async (_request, reply) => {
    const migrated = sql`select id from users where false union all select id from sessions where false`
    const checks = {
      database: await withDeadline(Promise.resolve(database.orm.execute(migrated)), deadlineMilliseconds).then(
        () => true,
        () => false,
      ),
      revocationFeed: feed.isFresh(),
      signingKeys: keyRing.publicKeys().length > 0,
    }
    const ready = !isDraining() && Object.values(checks).every(Boolean)
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : isDraining() ? 'draining' : 'not ready', checks })
  })
}
