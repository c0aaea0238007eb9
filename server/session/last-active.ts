import { sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/connect.ts'
import { sessions } from '../database/schema.ts'

/** Remembers which sessions were used and writes it down in batches, so that a request costs no write. */
export type LastActive = {
  start(): void
  /** Writes what is left. */
  stop(): Promise<void>
  mark(sessionId: string): void
  flush(): Promise<void>
}

/** `lastActiveAt` is true to a minute: half of that passes here at most. */
const flushEveryMilliseconds = 30_000
const batchSize = 1_000

export function createLastActive({
  database,
  clock,
  log,
}: {
  database: Database
  clock: Clock
  log: FastifyBaseLogger
}): LastActive {
  let marks = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  async function write(batch: [string, number][]): Promise<void> {
    const values = sql.join(
      batch.map(([id, at]) => sql`(${id}::uuid, to_timestamp(${at / 1000}::float8))`),
      sql`, `,
    )
    // Rows that are being rotated or revoked are skipped: waiting for them in another order could deadlock.
    await database.orm.execute(sql`
      with used (id, at) as (values ${values}),
      free as (select s.id from ${sessions} s join used on used.id = s.id order by s.id for update of s skip locked)
      update ${sessions} s set last_active_at = greatest(s.last_active_at, used.at)
      from used join free on free.id = used.id
      where s.id = used.id and s.revoked_at is null`)
  }

  async function flush(): Promise<void> {
    const taken = [...marks]
    marks = new Map()
    for (let start = 0; start < taken.length; start += batchSize) await write(taken.slice(start, start + batchSize))
  }

  return {
    start() {
      timer = setInterval(() => {
        flush().catch((error: unknown) =>
          log.warn({ event: 'last_active_unwritten', err: error }, 'Last activity was not written'),
        )
      }, flushEveryMilliseconds).unref()
    },
    async stop() {
      clearInterval(timer)
      await flush().catch(() => {})
    },
    mark: (sessionId) => void marks.set(sessionId, clock.now()),
    flush,
  }
}
