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
  const server = await createPostgresServer({ durable: true, cores: otherCores, settings })
  await server.start()
  return server
}
