import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completed } from '../harness/completed.ts'
import { fleetSecret, ownNetwork, password } from '../harness/fleet.ts'
import { createPostgresServer, databaseUrl, type PostgresServer } from '../harness/postgres-server.ts'
import { type Run, runLatchkey } from '../harness/run-latchkey.ts'
import { createSpawnedServer, type SpawnedServer } from '../harness/spawned-server.ts'

/** `npx latchkey …` on a real Postgres, while a server runs on it. */

let database: PostgresServer
let sql: Sql
let server: SpawnedServer
let environment: Record<string, string>
beforeAll(async () => {
  database = await createPostgresServer()
  await database.start()
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
  environment = { DATABASE_URL: database.url, SECRET: fleetSecret, TRUSTED_PROXIES: '127.0.0.1' }
  server = await createSpawnedServer({ environment })
  await server.start()
}, 90_000)
afterAll(async () => {
  await server.destroy()
  await sql.end({ timeout: 1 })
  await database.destroy()
})

const latchkey = (...args: string[]): Promise<Run> => runLatchkey(environment, args)
const withInput = (input: string, ...args: string[]): Promise<Run> => runLatchkey(environment, args, { input })

/** The latest act of the audit trail. */
async function audited() {
  const [row] = await sql`
    select action, actor_kind as actor, target_kind as target, target_id as id, reason from audit_events order by audit_events.id desc limit 1`
  return row
}

async function newAccount(email: string, ...options: string[]) {
  const created = await withInput(`${password}\n`, 'user', 'create', email, '--json', ...options)
  expect(created.code).toBe(0)
  return created.json.user as { id: string; email: string; role: string }
}

async function signIn(email: string, secret = password) {
  const browser = server.browser(ownNetwork())
  return { browser, ...completed(await browser.api.auth.signIn.mutate({ email, password: secret })) }
}

describe('latchkey', () => {
  it('says what there is, and that nothing was asked', async () => {
    const asked = await latchkey('--help')
    expect(asked.code).toBe(0)
    for (const noun of ['doctor', 'migrate', 'user', 'session', 'service-account', 'keys', 'move-to-postgres'])
      expect(asked.output).toContain(noun)

    for (const args of [[], ['no-such-thing'], ['user', 'create'], ['user', 'grant', 'ada@example.com', 'emperor']]) {
      const refused = await latchkey(...args)
      expect(refused.code, args.join(' ')).toBe(2)
      expect(refused.output).toBe('')
    }
  })

  it('reports an unreadable configuration as the server does, and in JSON when asked to', async () => {
    const refused = await runLatchkey({ ...environment, PORT: 'eighty' }, ['user', 'list', '--json'])

    expect(refused.code).toBe(1)
    expect(refused.json).toMatchObject({ ok: false, reason: 'failed', message: expect.stringContaining('PORT') })
  })

  it('says where the database cannot be reached, without its password', async () => {
    const unreachable = 'postgres://latchkey:very-secret-word@127.0.0.1:1/latchkey'

    const failed = await runLatchkey({ ...environment, DATABASE_URL: unreachable }, ['user', 'list'])

    expect(failed.code).toBe(1)
    expect(failed.errors).toContain('127.0.0.1:1 cannot be reached')
    expect(failed.errors + failed.output).not.toContain('very-secret-word')
  })
})

describe('doctor', () => {
  const checksOf = ({ json }: Run) => json.checks as { name: string; ok: boolean; said: string }[]

  it('finds a healthy installation healthy', async () => {
    const examined = await latchkey('doctor', '--json')

    expect(examined.code).toBe(0)
    expect(checksOf(examined).map(({ name, ok }) => [name, ok])).toEqual([
      ['configuration', true],
      ['data directory', true],
      ['database', true],
      ['migrations', true],
      ['clock', true],
      ['listener', true],
      ['signing keys', true],
      ['revocation feed', true],
    ])
    expect((await latchkey('doctor')).output).toMatch(/^ok +configuration: /)
  })

  it('says of each thing that is wrong what to do', async () => {
    await sql`create database empty`
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-doctor-'))
    const examine = (more: Record<string, string>) => runLatchkey({ ...environment, ...more }, ['doctor'])

    const unmigrated = await examine({ DATABASE_URL: databaseUrl(database.url, 'empty') })
    expect(unmigrated).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/FAIL +migrations: .*0000_init.*latchkey migrate/),
    })

    const stranger = await examine({ SECRET: 'another secret that has never sealed anything here' })
    expect(stranger).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/FAIL +signing keys: .*SECRET of the other/),
    })

    const gone = await examine({ DATABASE_URL: 'postgres://127.0.0.1:1/latchkey' })
    expect(gone).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/FAIL +database: .*127\.0\.0\.1:1.*DATABASE_URL/),
    })

    const unreadable = await examine({ ACCESS_TOKEN_TTL: '2h' })
    expect(unreadable).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/FAIL +configuration: .*\n.*ACCESS_TOKEN_TTL/),
    })

    chmodSync(folder, 0o755)
    const open = await examine({ SECRET: '', DATA_DIR: folder })
    expect(open).toMatchObject({ code: 1, errors: expect.stringMatching(/FAIL +data directory: .*chmod go=/) })
    rmSync(folder, { recursive: true, force: true })
  })
})

describe('migrate', () => {
  it('says what is missing, brings it, and then that nothing is', async () => {
    await sql`create database fresh`
    const fresh = { ...environment, DATABASE_URL: databaseUrl(database.url, 'fresh') }

    const before = await runLatchkey(fresh, ['migrate', '--status', '--json'])
    expect(before.code).toBe(1)
    expect(before.json).toMatchObject({ ok: false, applied: 0, pending: expect.arrayContaining(['0000_init']) })

    expect((await runLatchkey(fresh, ['migrate'])).output).toContain('The database is up to date')
    const after = await runLatchkey(fresh, ['migrate', '--status', '--json'])
    expect(after).toMatchObject({ code: 0, json: { ok: true, pending: [] } })
  })
})

describe('user', () => {
  it('creates an account that can sign in, with a password that is nowhere but on standard input', async () => {
    const user = await newAccount('Create@Example.com', '--name', 'Ada', '--verified', '--role', 'admin')
    expect(user).toMatchObject({ email: 'create@example.com', role: 'admin', name: 'Ada', emailVerified: true })
    expect((await signIn('create@example.com')).user).toMatchObject({ role: 'admin' })

    const again = await withInput(password, 'user', 'create', 'create@example.com', '--json')
    expect(again).toMatchObject({ code: 4, json: { ok: false, reason: 'refused' } })
    const weak = await withInput('password', 'user', 'create', 'weak@example.com')
    expect(weak).toMatchObject({ code: 4, errors: expect.stringContaining('at least 15 characters') })
    expect((await latchkey('user', 'create', 'none@example.com')).code).toBe(2)
    expect((await withInput(password, 'user', 'create', 'not an address')).code).toBe(2)
  })

  it('lists and finds', async () => {
    await newAccount('list-one@example.com')
    await newAccount('list-two@example.com')

    const found = await latchkey('user', 'list', '--search', 'LIST-', '--json')
    expect((found.json.users as { email: string }[]).map(({ email }) => email)).toEqual([
      'list-two@example.com',
      'list-one@example.com',
    ])
    expect((await latchkey('user', 'list', '--search', 'list-', '--limit', '1')).output.split('\n')).toHaveLength(3)
    expect((await latchkey('user', 'list', '--limit', 'many')).code).toBe(2)
    expect(found.output).not.toMatch(/argon2|password/i)
  })

  it('suspends, signs out at once, and restores; both are on record with their reason', async () => {
    const { id } = await newAccount('suspend@example.com')
    const { browser } = await signIn('suspend@example.com')

    expect((await latchkey('user', 'suspend', 'suspend@example.com', '--reason', 'asked to')).code).toBe(0)
    expect(await audited()).toEqual({
      action: 'user_suspended',
      actor: 'operator',
      target: 'user',
      id,
      reason: 'asked to',
    })
    await expect.poll(async () => (await browser.clone().query('auth.whoami')).status).toBe(401)
    expect((await latchkey('user', 'suspend', 'suspend@example.com')).output).toContain('already')
    await expect(signIn('suspend@example.com')).rejects.toThrow()

    expect((await latchkey('user', 'restore', 'suspend@example.com')).code).toBe(0)
    expect(await audited()).toMatchObject({ action: 'user_restored', id })
    await signIn('suspend@example.com')
  })

  it('sets a new password and ends what was opened with the old one', async () => {
    const { id } = await newAccount('reset@example.com')
    const { browser } = await signIn('reset@example.com')
    const better = 'seven hungry otters juggle lanterns'

    const set = await withInput(better, 'user', 'reset-password', 'reset@example.com', '--json', '--reason', 'by phone')

    expect(set).toMatchObject({ code: 0, json: { ok: true, revokedCount: 1 } })
    expect(set.output).not.toContain(better)
    expect(await audited()).toMatchObject({ action: 'password_set', id, reason: 'by phone' })
    await expect.poll(async () => (await browser.clone().query('auth.whoami')).status).toBe(401)
    await expect(signIn('reset@example.com')).rejects.toThrow()
    await signIn('reset@example.com', better)
  })

  it('mails a link to a new password, which the running instance sends', async () => {
    const { id } = await newAccount('mail@example.com')

    expect((await latchkey('user', 'reset-password', 'mail@example.com', '--mail')).code).toBe(0)

    expect(await audited()).toMatchObject({ action: 'password_reset_sent', id })
    await expect
      .poll(() => server.lines().some(({ event, kind }) => event === 'mail_sent' && kind === 'resetPassword'))
      .toBe(true)
  })

  it('knows nobody who is not there', async () => {
    for (const args of [
      ['user', 'suspend', 'nobody@example.com'],
      ['user', 'restore', 'nobody@example.com'],
      ['user', 'grant', 'nobody@example.com', 'admin'],
      ['user', 'reset-password', 'nobody@example.com'],
      ['session', 'list', 'nobody@example.com'],
      ['session', 'revoke-all', 'nobody@example.com'],
      ['session', 'revoke', 'b4d0c6a2-5f0e-4b57-9d4c-111111111111'],
      ['session', 'revoke', 'no id'],
      ['keys', 'revoke', 'no-such-key'],
      ['service-account', 'rotate', 'b4d0c6a2-5f0e-4b57-9d4c-111111111111'],
    ])
      expect((await latchkey(...args)).code, args.join(' ')).toBe(3)
  })
})

describe('session', () => {
  it('lists devices, signs one out, then all', async () => {
    const { id: userId } = await newAccount('devices@example.com')
    const [laptop, phone] = [await signIn('devices@example.com'), await signIn('devices@example.com')]
    const listed = await latchkey('session', 'list', 'devices@example.com', '--json')
    expect((listed.json.sessions as { id: string }[]).map(({ id }) => id).sort()).toEqual(
      [laptop.session.id, phone.session.id].sort(),
    )

    expect((await latchkey('session', 'revoke', phone.session.id, '--reason', 'lost')).code).toBe(0)
    expect(await audited()).toMatchObject({ action: 'session_revoked', id: phone.session.id, reason: 'lost' })
    await expect.poll(async () => (await phone.browser.clone().query('auth.whoami')).status).toBe(401)
    expect((await laptop.browser.query('auth.whoami')).status).toBe(200)
    expect((await latchkey('session', 'revoke', phone.session.id)).code).toBe(3)

    const all = await latchkey('session', 'revoke-all', 'devices@example.com', '--json')
    expect(all.json).toMatchObject({ ok: true, revokedCount: 1 })
    expect(await audited()).toMatchObject({ action: 'user_signed_out', id: userId })
    await expect.poll(async () => (await laptop.browser.clone().query('auth.whoami')).status).toBe(401)
  })
})

describe('service-account', () => {
  it('is created for an administrator, and its key is rotated with an overlap of one', async () => {
    await newAccount('owner@example.com', '--role', 'admin')
    const create = ['service-account', 'create', 'nightly report', '--scope', 'revocations:read', '--json', '--owner']
    const created = await latchkey(...create, 'owner@example.com')
    expect(created.code).toBe(0)
    const { accountId, key } = created.json as { accountId: string; key: string }
    const exchange = async (secret: string) => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: accountId,
        client_secret: secret,
      })
      return (await fetch(`${server.url}/oauth/token`, { method: 'POST', body })).status
    }
    expect(await exchange(key)).toBe(200)

    const second = await latchkey('service-account', 'rotate', accountId, '--json')
    expect(second.json.revokedKeyIds).toEqual([])
    expect([await exchange(key), await exchange(String(second.json.key))]).toEqual([200, 200])

    const third = await latchkey('service-account', 'rotate', accountId, '--json')
    expect(third.json.revokedKeyIds).toHaveLength(1)
    expect([await exchange(key), await exchange(String(second.json.key))]).toEqual([401, 200])
    expect(await exchange(String(third.json.key))).toBe(200)

    await newAccount('no-owner@example.com')
    expect((await latchkey(...create, 'no-owner@example.com')).code).toBe(4)
    expect((await latchkey(...create, 'owner@example.com', '--expires-in-days', '1000')).code).toBe(2)
  })

  it('ends with its tokens when its owner is suspended or demoted at the machine', async () => {
    await newAccount('stays-administrator@example.com', '--role', 'admin')
    for (const [name, ...end] of [
      ['suspended-owner', 'suspend'],
      ['demoted-owner', 'grant'],
    ] as const) {
      const owner = `${name}@example.com`
      await newAccount(owner, '--role', 'admin')
      const created = await latchkey('service-account', 'create', name, '--scope', 'a:b', '--json', '--owner', owner)
      const { accountId, key } = created.json as { accountId: string; key: string }
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: accountId,
        client_secret: key,
      })
      const exchanged = await fetch(`${server.url}/oauth/token`, { method: 'POST', body })
      const { access_token: token } = (await exchanged.json()) as { access_token: string }
      const headers = { authorization: `Bearer ${token}` }
      const ask = async () => (await fetch(`${server.url}/trpc/auth.whoami`, { headers })).status
      expect(await ask()).toBe(403)

      expect((await latchkey('user', ...end, owner, ...(end[0] === 'grant' ? ['user'] : []))).code).toBe(0)

      await expect.poll(ask).toBe(401)
    }
  })
})

describe('keys', () => {
  it('are listed, rotated ahead of plan, and revoked in an emergency without signing anybody out', async () => {
    await newAccount('keys@example.com')
    const { browser } = await signIn('keys@example.com')
    const states = async () =>
      ((await latchkey('keys', 'list', '--json')).json.keys as { id: string; state: string }[]).map(
        ({ id, state }) => [id, state] as const,
      )
    const [[signing, state] = ['', '']] = await states()
    expect(state).toBe('signing')

    const rotated = await latchkey('keys', 'rotate', '--json')
    expect(rotated.code).toBe(0)
    expect(await states()).toEqual([
      [rotated.json.keyId, 'next'],
      [signing, 'signing'],
    ])
    expect((await latchkey('keys', 'rotate')).code).toBe(4)

    expect((await latchkey('keys', 'revoke', signing, '--reason', 'laptop stolen')).code).toBe(0)
    expect(await audited()).toMatchObject({ action: 'signing_key_revoked', id: signing, reason: 'laptop stolen' })
    const bearer = { authorization: `Bearer ${browser.cookie('access')}` }
    await expect
      .poll(async () => (await server.browser().send('/trpc/auth.whoami', { headers: bearer })).status)
      .toBe(401)
    await expect.poll(async () => (await browser.query('auth.whoami')).status).toBe(200)
  })
})

describe('move-to-postgres', () => {
  it('takes everything along and signs nobody out', async () => {
    await sql`create database moved`
    const target = databaseUrl(database.url, 'moved')
    const embedded = await createSpawnedServer()
    await embedded.start()
    const browser = embedded.browser()
    const { session } = await browser.api.auth.signUp.mutate({ email: 'mover@example.com', password })
    if (!session) throw new Error('A sign-up was expected to sign in')
    browser.drop('access')
    await browser.query('auth.whoami')
    const own = { DATA_DIR: embedded.dataDirectory }
    const move = (to: string) => runLatchkey({ ...own, TARGET_DATABASE_URL: to }, ['move-to-postgres', '--json'])

    const busy = await move(target)
    expect(busy).toMatchObject({ code: 1, json: { message: expect.stringContaining('is in use by process') } })
    expect(await embedded.stop()).toBe(0)
    expect((await runLatchkey(own, ['move-to-postgres'])).code).toBe(2)
    expect((await move(database.url)).json).toMatchObject({
      reason: 'refused',
      message: expect.stringContaining('is not empty'),
    })

    const moved = await move(target)
    expect(moved).toMatchObject({ code: 0, json: { ok: true, rows: { users: 1, sessions: 1, signing_keys: 1 } } })
    expect((await move(target)).code).toBe(4)

    embedded.environment.DATABASE_URL = target
    embedded.environment.SECRET = readFileSync(join(embedded.dataDirectory, 'secret'), 'utf8').trim()
    await embedded.start()
    browser.drop('access')
    expect(await browser.api.auth.whoami.query()).toMatchObject({ sessionId: session.id })
    // Ids of events go on where they were.
    const there = postgres(target, { max: 1, onnotice: () => {} })
    const before = await there`select max(id) as id from security_events`
    await embedded.browser().api.auth.signIn.mutate({ email: 'mover@example.com', password })
    const after = await there`select max(id) as id from security_events`
    expect(Number(after[0]?.id)).toBeGreaterThan(Number(before[0]?.id))
    await there.end({ timeout: 1 })
    await embedded.destroy()
  })
})
