import { createPostgresServer, type PostgresServer } from '../../test/harness/postgres-server.ts'
import { otherCores } from './cores.ts'

/** A Postgres of its own, durable as in production, beside what is measured and not on its core. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const server = await createPostgresServer({ durable: true, cores: otherCores, settings })
  await server.start()
  return server
}
