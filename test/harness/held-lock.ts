import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'

/** A lock that a test holds, so that it decides in which order the statements that wait for it go on: first come, first served. */
export type HeldLock = {
  /** Resolves when that many statements wait for a lock in this database. */
  waiting(count: number): Promise<void>
  /** Lets them go on. */
  release(): Promise<void>
}

/** Runs `statement` in a transaction that stays open. */
export async function holdLock(url: string, statement: string): Promise<HeldLock> {
  const sql = postgres(url, { max: 2, onnotice: () => {} })
  const holder = await sql.reserve()
  await holder.unsafe('begin')
  await holder.unsafe(statement)
  return {
    async waiting(count) {
      const giveUpAt = Date.now() + 3_000
      for (;;) {
        const [row] = await sql<{ count: number }[]>`
          select count(*)::int as count from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
        if (row && row.count >= count) return
        if (Date.now() > giveUpAt) throw new Error(`${row?.count} statements wait for a lock, not ${count}`)
        await delay(5)
      }
    },
    async release() {
      await holder.unsafe('rollback')
      holder.release()
      await sql.end()
    },
  }
}
