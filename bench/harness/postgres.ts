import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import { createPostgresServer, type PostgresServer } from '../../test/harness/postgres-server.ts'
import { otherCores } from './cores.ts'

/** What an operator would set for a machine of 16 GB or more; everything else is as Postgres ships it. */
export const production: Record<string, string> = {
  shared_buffers: '4GB',
  effective_cache_size: '12GB',
  checkpoint_timeout: '15min',
  max_wal_size: '16GB',
  wal_compression: 'on',
}

/** A Postgres of its own, durable as in production, beside what is measured and not on its core. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const server = await createPostgresServer({ durable: true, settings })
  await server.start()
  await confine(server.url, otherCores)
  return server
}

/** Moves a running Postgres to these cores, with all its processes and those to come: to all of them while it is filled, say. */
export async function confine(url: string, cores: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${row?.pid}/status`, 'utf8'))?.[1] ?? ''
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')
  // Some may have ended by now, and then there is nothing to move.
  for (const pid of [parent, ...children])
    try {
      execFileSync('taskset', ['-cp', cores, pid], { stdio: 'ignore' })
    } catch {}
  await sql.end()
}
