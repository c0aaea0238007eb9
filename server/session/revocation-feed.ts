import { sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock.ts'
import { type Database, rowsOf } from '../database/connect.ts'
import { withDeadline } from '../database/faults.ts'
import { erasedSessions, serviceKeys, sessions } from '../database/schema.ts'
import { milliseconds } from '../database/time.ts'

/**
 * The ids of sessions, and of service accounts' keys, revoked while an access token of theirs can still be alive: all the news
 * there can be since a token was issued. Loaded at start, pushed by NOTIFY, and re-read with an overlap, so that a lost notification or a late
 * commit is not missed.
 */
export type RevocationFeed = {
  start(): Promise<void>
  stop(): Promise<void>
  /** Remembers revocations of this instance's own at once, before their notification has come round. */
  add(sessionIds: readonly string[]): void
  /** From memory while the feed is fresh; otherwise from the database. Throws `DatabaseUnavailable` when that cannot be asked. */
  isRevoked(sessionId: string): boolean | Promise<boolean>
  /** Milliseconds since the database was last heard. */
  age(): number
  isFresh(): boolean
  size(): number
  /** Calls `listener` with all news from now on, until the function that it answers is called. */
  subscribe(listener: (news: News) => void): () => void
  /** The revoked ids that whoever knew everything up to `moment` may have missed; all that are remembered for `null`. */
  revokedSince(moment: number | null): string[]
  /** The moment, in database time, up to which every revocation is known here. */
  knownUpTo(): number
}

/** What the readers of the feed are told. */
export type News =
  /** New to this instance; each id once. */
  | { kind: 'revoked'; sessionId: string }
  /** The database has just been read: nothing up to `knownUpTo` is missing. */
  | { kind: 'read' }
  /** Devices were signed in or out: those of this user, or of anybody for `null`. The table knows which. */
  | { kind: 'devices'; userId: string | null }
  /** A revocation has been read from the table: how long after it was made this instance knew of it. */
  | { kind: 'confirmed'; lagMilliseconds: number }
  /** About once a second, whatever the database says: a moment to look at the clock. */
  | { kind: 'tick' }

const readEveryMilliseconds = 1_000
const readDeadlineMilliseconds = 2_000
/** The declared bound: an instance that has not heard from the database for longer asks it, or refuses. */
const staleAfterMilliseconds = 5_000
/** Longer than any transaction can stay open before the server ends it, so that a late commit is read after all. */
export const overlapMilliseconds = 15_000
/** The longest access token that any configuration allows, and a minute. */
const rememberMilliseconds = 16 * 60_000

export function createRevocationFeed({
  database,
  clock,
  log,
}: {
  database: Database
  clock: Clock
  log: FastifyBaseLogger
}): RevocationFeed {
  const revokedAt = new Map<string, number>()
  const listeners = new Set<(news: News) => void>()
  let heardAt = Number.NEGATIVE_INFINITY
  let readUpTo: number | null = null
  let reading: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function tell(news: News): void {
    for (const listener of listeners) listener(news)
  }

  function remember(sessionId: string, at: number): boolean {
    const isNews = !revokedAt.has(sessionId)
    // What the table says is never replaced by a notification that comes late.
    if (isNews) revokedAt.set(sessionId, at)
    if (isNews) tell({ kind: 'revoked', sessionId })
    return isNews
  }

  async function read(): Promise<void> {
    const askedAt = clock.elapsed()
    const sinceSeconds = readUpTo === null ? rememberMilliseconds / 1000 : null
    const since =
      readUpTo === null
        ? sql`${clock.sql()} - make_interval(secs => ${sinceSeconds})`
        : sql`to_timestamp(${(readUpTo - overlapMilliseconds) / 1000}::float8)`
    const statement = sql`
      select ${milliseconds(clock.sql())} as now, revoked.id, revoked.user_id as "userId",
        ${milliseconds(sql`revoked.revoked_at`)} as at
      from (select 1) as always left join (
        select id, user_id, revoked_at from ${sessions} where revoked_at > ${since}
        union all select id, null, revoked_at from ${serviceKeys} where revoked_at > ${since}
        union all select id, null, erased_at from ${erasedSessions} where erased_at > ${since}
      ) as revoked on true`
    const rows = await withDeadline(
      rowsOf<{ now: number; id: string | null; userId: string | null; at: number }>(database.orm, statement),
      readDeadlineMilliseconds,
    )
    const isFirst = readUpTo === null
    for (const { now, id, userId, at } of rows) {
      if (!id) continue
      const knownAt = revokedAt.get(id)
      if (!isFirst && knownAt !== at) tell({ kind: 'confirmed', lagMilliseconds: Math.max(0, (knownAt ?? now) - at) })
      if (remember(id, at) && userId) tell({ kind: 'devices', userId })
      revokedAt.set(id, at)
    }
    const now = rows[0]?.now
    if (now === undefined) return
    clock.follow(now)
    readUpTo = now
    heardAt = askedAt
    for (const [id, at] of revokedAt) if (at < now - rememberMilliseconds) revokedAt.delete(id)
    tell({ kind: 'read' })
  }

  function readOnce(): Promise<void> {
    reading ??= read().finally(() => {
      reading = null
    })
    return reading
  }

  async function keepReading(): Promise<void> {
    const wasFresh = isFresh()
    try {
      await readOnce()
      if (!wasFresh) log.info({ event: 'revocation_feed_fresh' }, 'The revocation feed is up to date again')
    } catch (error) {
      if (wasFresh) log.warn({ event: 'revocation_feed_unread', err: error }, 'The revocation feed could not be read')
    }
    tell({ kind: 'tick' })
    if (!stopped) timer = setTimeout(() => void keepReading(), readEveryMilliseconds).unref()
  }

  const isFresh = () => clock.elapsed() - heardAt <= staleAfterMilliseconds

  async function askDatabase(sessionId: string): Promise<boolean> {
    const rows = await withDeadline(
      rowsOf(
        database.orm,
        sql`
          select 1 from ${sessions} where id = ${sessionId} and revoked_at is null
          union all select 1 from ${serviceKeys} where id = ${sessionId} and revoked_at is null`,
      ),
      readDeadlineMilliseconds,
    )
    return rows.length === 0
  }

  return {
    async start() {
      await database.listen(
        'latchkey_revocations',
        (sessionId) => void remember(sessionId, clock.now()),
        // What was notified while nobody listened is in the table.
        () => void readOnce().catch(() => {}),
      )
      await database.listen(
        'latchkey_sessions',
        (userId) => tell({ kind: 'devices', userId }),
        () => tell({ kind: 'devices', userId: null }),
      )
      await readOnce()
      timer = setTimeout(() => void keepReading(), readEveryMilliseconds).unref()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await reading?.catch(() => {})
    },
    add(sessionIds) {
      for (const sessionId of sessionIds) remember(sessionId, clock.now())
    },
    isRevoked(sessionId) {
      if (revokedAt.has(sessionId)) return true
      return isFresh() ? false : askDatabase(sessionId)
    },
    age: () => clock.elapsed() - heardAt,
    isFresh,
    size: () => revokedAt.size,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    revokedSince(moment) {
      const since = moment === null ? Number.NEGATIVE_INFINITY : moment - overlapMilliseconds
      return [...revokedAt].filter(([, at]) => at >= since).map(([id]) => id)
    },
    knownUpTo: () => readUpTo ?? 0,
  }
}
