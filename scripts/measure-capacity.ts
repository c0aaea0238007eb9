// `npm run measure:capacity -- 1000000`: what that many users with one session each cost on a Postgres of this machine, in bytes and in rotations per second.
import postgres, { type Sql } from 'postgres'
import { migratePostgres } from '../server/database/migrate.ts'
import { createPostgresServer } from '../test/harness/postgres-server.ts'

const count = Number(process.argv[2] ?? 1_000_000)

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now()
  await work()
  process.stdout.write(`${what}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
}

/** Rows as the server would write them; only the secrets are the same everywhere. */
async function fill(sql: Sql): Promise<void> {
  await timed(
    'users',
    () => sql`
    insert into users (id, email, name, password_hash, password_changed_at, email_verified_at, created_at)
    select md5('u' || n)::uuid, 'person-' || n || '@example.com', 'Person ' || n, ${`$argon2id$v=19$m=19456,t=2,p=1$${'s'.repeat(22)}$${'h'.repeat(43)}`}, now(), now(), now()
    from generate_series(1, ${count}::int) n`,
  )
  await timed(
    'sessions',
    () => sql`
    insert into sessions (id, user_id, secret_hash, salt, key_id, rotated_at, idle_expires_at, absolute_expires_at, token_version, created_at, last_active_at,
      authenticated_at, amr, device_kind, browser, os, first_ip_address, ip_address)
    select md5('s' || n)::uuid, md5('u' || n)::uuid, sha256(n::text::bytea), substring(sha256(('salt' || n)::bytea) for 16), 1, now(),
      now() + interval '7 days', now() + n % 2592000 * interval '1 second', 0, now(), now(), now(), 'pwd', 'desktop', 'Chrome', 'Windows', '203.0.113.7', '203.0.113.7'
    from generate_series(1, ${count}::int) n`,
  )
  await timed(
    'security events, four each',
    () => sql`
    insert into security_events (user_id, session_id, kind, device, ip_address, request_id, created_at)
    select md5('u' || n)::uuid, md5('s' || n)::uuid, 'signed_in', 'Chrome on Windows', '203.0.113.7', gen_random_uuid()::text, now()
    from generate_series(1, ${count}::int) n, generate_series(1, 4)`,
  )
  await timed('vacuum analyze', () => sql`vacuum analyze`)
}

async function sizes(sql: Sql): Promise<void> {
  const rows = await sql<{ name: string; rows: number; heap: number; indexes: number }[]>`
    select relname as name, reltuples::float8 as rows, pg_table_size(oid)::float8 as heap, pg_indexes_size(oid)::float8 as indexes
    from pg_class where relname in ('users', 'sessions', 'security_events') order by 1`
  for (const { name, rows: total, heap, indexes } of rows)
    process.stdout.write(
      `${name}: ${Math.round(total)} rows, table ${Math.round(heap / total)} + indexes ${Math.round(indexes / total)} bytes per row, ${((heap + indexes) / 2 ** 20).toFixed(0)} MiB\n`,
    )
}

/** The write of a rotation, on sessions that are drawn at random. */
async function rotate(url: string, seconds: number): Promise<void> {
  const sql = postgres(url, { max: 8, onnotice: () => {} })
  const [before] = await sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`
  const until = performance.now() + seconds * 1000
  let rotations = 0
  async function client(): Promise<void> {
    while (performance.now() < until) {
      const n = 1 + Math.floor(Math.random() * count)
      await sql`update sessions set generation = generation + 1, secret_hash = sha256(secret_hash), rotated_at = now(), last_active_at = now(),
        idle_expires_at = now() + interval '7 days' where id = md5('s' || ${n}::int)::uuid and revoked_at is null`
      rotations++
    }
  }
  await Promise.all(Array.from({ length: 8 }, client))
  const [after] = await sql<{ bytes: number; hot: number; all: number }[]>`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), ${before?.lsn ?? '0/0'}::pg_lsn)::float8 as bytes,
      n_tup_hot_upd::float8 as hot, n_tup_upd::float8 as all from pg_stat_user_tables where relname = 'sessions'`
  await sql.end()
  process.stdout.write(
    `rotations: ${Math.round(rotations / seconds)} per second over 8 connections, ${Math.round((after?.bytes ?? 0) / rotations)} bytes of WAL each, ${Math.round(((after?.hot ?? 0) / (after?.all ?? 1)) * 100)} % in place\n`,
  )
}

const server = await createPostgresServer({ durable: true })
try {
  await server.start()
  await migratePostgres(server.url)
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  await sql`set synchronous_commit = off`
  await fill(sql)
  await sizes(sql)
  const url = server.url
  await rotate(url, 20)
  await sql.end()
} finally {
  await server.destroy()
}
