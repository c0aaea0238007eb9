import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { type Database, type Queryable, rowsOf } from './connect.ts'
import { erasedSessions, serviceKeys, sessions } from './schema.ts'
import { milliseconds } from './time.ts'

/** The major version of Postgres. */
export async function postgresVersion(queryable: Queryable): Promise<number> {
  const [row] = await rowsOf<{ version: number }>(
    queryable,
    sql`select current_setting('server_version_num')::int / 10000 as version`,
  )
  return row?.version ?? 0
}

/** How many milliseconds the database's clock is ahead of this machine's, to half the time that asking takes. */
export async function clockOffset(queryable: Queryable): Promise<number> {
  const askedAt = Date.now()
  const [row] = await rowsOf<{ now: number }>(queryable, sql`select ${milliseconds(sql`clock_timestamp()`)} as now`)
  return (row?.now ?? Number.NaN) - (askedAt + Date.now()) / 2
}

/** Whether what is notified is heard, within two seconds; after how many milliseconds. */
export async function notificationDelay(database: Database): Promise<number | null> {
  const channel = `latchkey_doctor_${randomUUID().replaceAll('-', '')}`
  let hear: (at: number) => void = () => {}
  const heard = new Promise<number>((resolve) => {
    hear = resolve
  })
  await database.listen(
    channel,
    () => hear(performance.now()),
    () => {},
  )
  const startedAt = performance.now()
  await database.orm.execute(sql`select pg_notify(${channel}, '')`)
  const heardAt = await Promise.race([heard, delay(2_000, null)])
  return heardAt === null ? null : heardAt - startedAt
}

/** How many revocations an instance that starts now would read. */
export async function countFeed(queryable: Queryable): Promise<number> {
  const since = sql`now() - interval '16 minutes'`
  const [row] = await rowsOf<{ count: number }>(
    queryable,
    sql`select (
      (select count(*) from ${sessions} where revoked_at > ${since}) +
      (select count(*) from ${serviceKeys} where revoked_at > ${since}) +
      (select count(*) from ${erasedSessions} where erased_at > ${since}))::int as count`,
  )
  return row?.count ?? 0
}
