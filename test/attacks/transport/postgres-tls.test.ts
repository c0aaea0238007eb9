import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectPostgres, rowsOf } from '../../../server/database/connect.ts'
import { migratePostgres } from '../../../server/database/migrate.ts'
import { type Certificate, createCertificate } from '../../harness/certificate.ts'
import { createPostgresServer, type PostgresServer } from '../../harness/postgres-server.ts'

/** The wire to the database, as `DATABASE_URL` describes it. */
const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-tls-'))
let ours: Certificate
let foreign: Certificate
let secure: PostgresServer
beforeAll(async () => {
  ours = createCertificate(folder, 'ours')
  foreign = createCertificate(folder, 'foreign')
  secure = await createPostgresServer({ tls: ours })
  await secure.start()
})
afterAll(async () => {
  await secure.destroy()
  rmSync(folder, { recursive: true, force: true })
})

const verified = (url: string, { certificateFile }: Certificate, host = 'localhost') =>
  `${url.replace('127.0.0.1', host)}?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificateFile)}`

/** Whether the connection that asks is encrypted, in the words of the server. */
async function encryptionOf(url: string) {
  const database = connectPostgres({ url })
  try {
    return await rowsOf<{ ssl: boolean; version: string | null }>(
      database.orm,
      sql`select ssl, version from pg_stat_ssl where pid = pg_backend_pid()`,
    )
  } finally {
    await database.close()
  }
}

/** What an attempt fails with, at the bottom of it. */
async function failureOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt
  } catch (error) {
    let bottom = error
    while (bottom instanceof Error && bottom.cause instanceof Error) bottom = bottom.cause
    const { code, message } = bottom as NodeJS.ErrnoException
    return code ?? message
  }
  throw new Error('The connection was expected to be refused')
}

describe('with sslmode=verify-full and the right authority', () => {
  it('queries travel encrypted', async () => {
    expect(await encryptionOf(verified(secure.url, ours))).toEqual([
      { ssl: true, version: expect.stringMatching(/^TLSv1\.[23]$/) },
    ])
  })

  it('migrations and notifications do too', async () => {
    const url = verified(secure.url, ours)
    await migratePostgres(url)
    const database = connectPostgres({ url })
    const heard: string[] = []
    await database.listen(
      'over_tls',
      (payload) => heard.push(payload),
      () => {},
    )
    const [count] = await rowsOf<{ plain: number }>(
      database.orm,
      sql`select count(*)::int as plain from pg_stat_ssl join pg_stat_activity using (pid)
          where client_addr is not null and not ssl`,
    )
    await database.orm.execute(sql`select pg_notify('over_tls', 'heard')`)

    await expect.poll(() => heard).toEqual(['heard'])
    expect(count?.plain).toBe(0)
    await database.close()
  })
})

describe('is refused before a password or a query is sent', () => {
  it('a server whose certificate another authority has signed', async () => {
    const url = verified(secure.url, foreign)

    expect(await failureOf(encryptionOf(url))).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/)
    expect(await failureOf(migratePostgres(url))).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/)
  })

  it('a server whose certificate is for another name', async () => {
    expect(await failureOf(encryptionOf(verified(secure.url, ours, '127.0.0.2')))).toMatch(
      /ERR_TLS_CERT_ALTNAME_INVALID|ECONNREFUSED/,
    )
  })

  it.each(['require', 'verify-ca', 'verify-full'])(
    'with sslmode=%s and no authority of ours, a certificate that nobody has signed',
    async (mode) => {
      expect(await failureOf(encryptionOf(`${secure.url}?sslmode=${mode}`))).toMatch(/SELF_SIGNED/)
    },
  )

  it('a server that speaks no TLS: nothing falls back to plain text', async () => {
    const plain = await createPostgresServer()
    await plain.start()

    expect(await failureOf(encryptionOf(verified(plain.url, ours)))).toMatch(/does not support SSL/)
    await plain.destroy()
  })
})
