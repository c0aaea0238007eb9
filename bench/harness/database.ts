import pg from 'pg'
import { databaseUrl, type PostgresServer } from '../../test/harness/postgres-server.ts'

/** The address of a new database on `server`, for one subject. */
export async function createDatabase(server: PostgresServer, subject: string): Promise<string> {
  const name = `bench_${subject.replaceAll('-', '_')}`
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return databaseUrl(server.url, name)
}
