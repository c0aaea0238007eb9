import { createHash } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { migratePostgres } from '../../server/database/migrate.ts'
import { deriveSecrets } from '../../server/token/derived-secrets.ts'
import { encodeRefreshToken } from '../../server/token/refresh-token.ts'
import { databaseUrl } from '../../test/harness/postgres-server.ts'
import { allCores, otherCores } from './cores.ts'
import { secret } from './latchkey.ts'
import { confine } from './postgres.ts'

/** Sessions of one user, far apart in the table as in life: users sign in from time to time. */
const sessionsPerUser = 4

const { newest } = deriveSecrets([secret])
/** A random id (version 4), but for being known: here and in SQL. */
const idOf = (text: string) =>
  createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5')
const idInSql = (text: string) => `overlay(overlay(md5(${text}) placing '4' from 13) placing '8' from 17)::uuid`

/** The id of the `n`th session that `populate` made. */
export const sessionIdOf = (n: number) => idOf(`s${n}`)

/** The refresh token that the `n`th session was opened with, made as the server makes it. */
export function refreshTokenOf(n: number): string {
  const known = createHash('sha256').update(`secret${n}`).digest()
  return encodeRefreshToken({ sessionId: sessionIdOf(n), generation: 0, secret: known }, newest)
}

/** As the server would answer it on plain http. Every caller is in a network of its own, so that limits on networks are out of the way. */
export const cookieOf = (name: 'access' | 'refresh', value: string, n: number) => ({
  cookie: `${name}=${value}`,
  'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
})

export type Population = { sql: Sql; databaseUrl: string; users: number; sessions: number; close(): Promise<void> }

/** Another session of the same user. */
export const siblingOf = ({ users }: Population, n: number) => n + users

/** Draws users at random, each only once, and answers the first session of each. */
export function drawer({ users }: Population): () => number {
  const drawn = new Set<number>()
  return () => {
    if (drawn.size === users) throw new Error(`All of ${users} users have been drawn`)
    for (;;) {
      const n = 1 + Math.floor(Math.random() * users)
      if (drawn.has(n)) continue
      drawn.add(n)
      return n
    }
  }
}

const argon2 = `$argon2id$v=19$m=19456,t=2,p=1$${'s'.repeat(22)}$${'h'.repeat(43)}`

/**
 * A migrated database of its own with so many live sessions. Rows are as the server writes them; the secret of each can be told from its number, so that any
 * of them can be used. Indexes are made when the rows are there, from their own definitions; triggers and foreign keys rest meanwhile.
 */
export async function populate(server: string, name: string, sessions: number): Promise<Population> {
  const users = Math.ceil(sessions / sessionsPerUser)
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  const address = databaseUrl(server, name)
  await migratePostgres(address)
  const sql = postgres(address, { max: 1, onnotice: () => {} })
  await sql`set synchronous_commit = off`
  await sql`set session_replication_role = replica`
  await sql`set maintenance_work_mem = '1GB'`
  await confine(server, allCores)
  await withoutIndexes(sql, 'users', async () => {
    await sql`
      insert into users (id, email, name, password_hash, password_changed_at, email_verified_at, created_at)
      select ${sql.unsafe(idInSql("'u' || n"))}, 'person-' || n || '@example.com', 'Person ' || n, ${argon2}, now(), now(), now() - n % 1000 * interval '1 day'
      from generate_series(1, ${users}::int) n`
  })
  await withoutIndexes(sql, 'sessions', () =>
    insertInHalves(sql, address, { from: 1, to: users * sessionsPerUser, users }),
  )
  await sql`set session_replication_role = origin`
  await sql`vacuum analyze`
  await confine(server, otherCores)
  return { sql, databaseUrl: address, users, sessions: users * sessionsPerUser, close: () => sql.end() }
}

type Range = { from: number; to: number; users: number; daysAgo?: number }

/** A row costs more processor time than room on a disk: two connections fill twice as fast. */
async function insertInHalves(sql: Sql, address: string, { from, to, users }: Range): Promise<void> {
  const second = postgres(address, { max: 1, onnotice: () => {} })
  await second`set synchronous_commit = off`
  await second`set session_replication_role = replica`
  const middle = Math.floor((from + to) / 2)
  await Promise.all([
    insertSessions(sql, { from, to: middle, users }),
    insertSessions(second, { from: middle + 1, to, users }),
  ])
  await second.end()
}

async function insertSessions(sql: Sql, { from, to, users, daysAgo = 0 }: Range): Promise<void> {
  await sql`
    insert into sessions (id, user_id, secret_hash, salt, key_id, rotated_at, idle_expires_at, absolute_expires_at, token_version, created_at,
      last_active_at, authenticated_at, amr, device_kind, browser, os, first_ip_address, ip_address)
    select ${sql.unsafe(idInSql("'s' || n"))}, ${sql.unsafe(idInSql(`'u' || 1 + (n - 1) % ${users}`))}, sha256(sha256(('secret' || n)::bytea)),
      substring(sha256(('salt' || n)::bytea) for 16), ${newest.keyId}::int, active, active + interval '7 days', opened + interval '30 days', 0,
      opened, active, opened, 'pwd', 'desktop', 'Chrome', 'Windows', '203.0.113.' || n % 256, '203.0.113.' || n % 256
    from generate_series(${from}::int, ${to}::int) n
      cross join lateral (select now() - make_interval(days => ${daysAgo}::int, secs => n % 86400) as active) as a
      cross join lateral (select active - make_interval(secs => n % 1900000) as opened) as o`
}

/** Adds sessions that ended longer ago than anybody can read about; their numbers begin at `from`. */
export async function addExpired(
  { sql, users }: Population,
  { from, count }: { from: number; count: number },
): Promise<void> {
  await sql`set session_replication_role = replica`
  await insertSessions(sql, { from, to: from + count - 1, users, daysAgo: 60 })
  await sql`set session_replication_role = origin`
  await sql`analyze sessions`
}

async function withoutIndexes(sql: Sql, table: string, fill: () => Promise<void>): Promise<void> {
  const constraints = await sql<{ name: string; definition: string; kind: string }[]>`
    select conname as name, contype as kind, pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = ${table}::regclass and contype = 'p'`
  const indexes = await sql<{ name: string; definition: string }[]>`
    select relname as name, pg_get_indexdef(indexrelid) as definition from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = ${table}::regclass and not indisprimary`
  const referring = await sql<{ at: string; name: string; definition: string }[]>`
    select conrelid::regclass::text as at, conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where confrelid = ${table}::regclass and contype = 'f'`
  for (const { at, name } of referring) await sql.unsafe(`alter table ${at} drop constraint ${name}`)
  for (const { name } of constraints) await sql.unsafe(`alter table ${table} drop constraint ${name}`)
  for (const { name } of indexes) await sql.unsafe(`drop index ${name}`)
  await fill()
  for (const { name, definition } of constraints)
    await sql.unsafe(`alter table ${table} add constraint ${name} ${definition}`)
  for (const { definition } of indexes) await sql.unsafe(definition)
  for (const { at, name, definition } of referring)
    await sql.unsafe(`alter table ${at} add constraint ${name} ${definition}`)
}
