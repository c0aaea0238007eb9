import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { completed } from '../harness/completed.ts'
import { freePort } from '../harness/postgres-server.ts'
import { runLatchkey } from '../harness/run-latchkey.ts'
import { StartedProcess } from '../harness/start-process.ts'
import { TestBrowser } from '../harness/test-browser.ts'
import { password } from '../harness/test-server.ts'

describe('npm start', () => {
  let folder: string
  let port: number
  let environment: Record<string, string>
  const runs: StartedProcess[] = []
  const run = (more: Record<string, string> = {}, ...args: string[]) => {
    const started = new StartedProcess({ ...environment, ...more }, ...args)
    runs.push(started)
    return started
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-start-'))
    port = await freePort()
    environment = { DATA_DIR: join(folder, 'data'), PORT: String(port) }
  })

  afterEach(async () => {
    for (const started of runs.splice(0)) await started.stop('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('serves from an empty folder, says where, stops on Ctrl-C and finds everybody signed in when started again', async () => {
    const first = run({ LOG_LEVEL: 'info' })
    await first.running()
    expect(first.output).toContain(`Dashboard  http://localhost:${port}`)
    expect(first.output).toMatch(/Database +embedded Postgres in .*postgres/)
    expect(first.output).toMatch(/Mail +written into .*outbox/)
    expect(first.output).toMatch(/Next +open the dashboard/)
    expect(first.output).toMatch(/Set up +http:\/\/localhost:\d+\/set-up#[\w-]{64} /)
    const origin = `http://localhost:${port}`
    const browser = new TestBrowser(origin, { origin })
    const { session } = completed(await browser.api.auth.signUp.mutate({ email: 'ada@example.com', password }))
    expect((await browser.send('/')).headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await first.stop()).toBe(0)
    // The line of a request waits for others, but not beyond the end.
    expect(first.output).toContain('"event":"request","method":"POST","procedures":"auth.signUp","status":200')

    await run().running()
    browser.drop('access')
    expect((await browser.api.auth.whoami.query()).sessionId).toBe(session.id)
  })

  it('writes an exception that nothing caught into the log and ends, rather than going on in a state that nobody knows', async () => {
    // Stands for a mistake of ours outside of any request; inside one, the request alone fails.
    const stray = "process.on('SIGUSR2', () => { throw new TypeError('stray') })"
    const server = run({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(stray)}` })
    await server.running()

    server.child.kill('SIGUSR2')

    expect(await server.exited).toBe(1)
    const line = server.output.split('\n').find((text) => text.includes('"crashed"')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({
      level: 60,
      event: 'crashed',
      err: { type: 'TypeError', message: 'stray' },
    })
  })

  it('says in one sentence that the port is in use', async () => {
    const other = createServer().listen(port, 'localhost')
    const refused = run()
    expect(await refused.exited).toBe(1)
    other.close()
    expect(refused.output).toBe(`Port ${port} is in use. Stop the other program, or set PORT to a free one.\n`)
  })

  it('says in one sentence that the address for metrics is taken', async () => {
    const taken = await freePort()
    const other = createServer().listen(taken, '127.0.0.1')
    const refused = run({ METRICS_LISTEN: `127.0.0.1:${taken}` })
    expect(await refused.exited).toBe(1)
    other.close()
    expect(refused.output).toBe(
      'METRICS_LISTEN cannot be had (EADDRINUSE). Set it to a free address of this machine.\n',
    )
  })

  it('says in one sentence that the data folder cannot be written to', async () => {
    const refused = run({ DATA_DIR: '/dev/null/data' })
    expect(await refused.exited).toBe(1)
    expect(refused.output).toBe(
      'The data folder /dev/null/data cannot be written to. Give this user write access to it, or set DATA_DIR to another folder.\n',
    )
  })

  it('says in one sentence that the database cannot be reached, without its password', async () => {
    const refused = run({ DATABASE_URL: `postgres://ada:hunter2@127.0.0.1:${port}/latchkey` })
    expect(await refused.exited).toBe(1)
    expect(refused.output).toBe(`Postgres at 127.0.0.1:${port} cannot be reached. Start it, or correct DATABASE_URL.\n`)
  })

  it('lists every unreadable setting at once', async () => {
    const refused = run({ PORT: 'eighty', ACCESS_TOKEN_TTL: '2h', COOKIE_SAME_SITE: 'loose', NODE_ENV: 'production' })
    expect(await refused.exited).toBe(1)
    for (const name of ['PORT', 'ACCESS_TOKEN_TTL', 'COOKIE_SAME_SITE', 'SECRET', 'PUBLIC_URL', 'DATABASE_URL'])
      expect(refused.output).toContain(`  ${name} `)
  })

  it('refuses a second process on the same embedded database', async () => {
    const first = run()
    await first.running()
    const second = run({ PORT: String(await freePort()) })
    expect(await second.exited).toBe(1)
    expect(second.output).toContain(`is in use by process ${first.child.pid}.`)
  })

  it('migrates alone and stops', async () => {
    const migrating = await runLatchkey(environment, ['migrate'])
    expect(migrating.code).toBe(0)
    expect(migrating.output).toContain('The database is up to date')
  })

  it('makes someone an administrator at the machine, and ends the sessions that were opened in the old role', async () => {
    const first = run()
    await first.running()
    const origin = `http://localhost:${port}`
    const browser = new TestBrowser(origin, { origin })
    await browser.api.auth.signUp.mutate({ email: 'ada@example.com', password })
    await first.stop()

    const granting = await runLatchkey(environment, ['user', 'grant', 'Ada@Example.com', 'admin'])
    expect(granting.code).toBe(0)
    expect(granting.output).toBe('Ada@Example.com is admin from the next sign-in on.\n')
    const unknown = await runLatchkey(environment, ['user', 'grant', 'nobody@example.com', 'admin'])
    expect(unknown.code).toBe(3)
    expect(unknown.errors).toBe('Nobody has signed up as nobody@example.com. Create the account first.\n')

    await run().running()
    expect(await browser.api.auth.current.query()).toBeNull()
    const { user } = completed(await browser.api.auth.signIn.mutate({ email: 'ada@example.com', password }))
    expect(user.role).toBe('admin')
  })

  it('shows people and devices as a demo, to whoever reads the printed password', async () => {
    const demo = run({}, '--demo')
    await demo.running()
    const [, email = '', shown = ''] = /sign in as (\S+) with (\S+)/.exec(demo.output) ?? []
    const origin = `http://localhost:${port}`
    const browser = new TestBrowser(origin, { origin })
    await browser.api.auth.signIn.mutate({ email, password: shown })
    expect((await browser.api.session.list.query()).length).toBeGreaterThan(3)
    expect((await browser.api.session.ended.query()).length).toBeGreaterThan(1)
    expect((await browser.api.account.activity.query({})).events.length).toBeGreaterThan(5)
  })

  it('refuses to make up people in production', async () => {
    const secure = {
      SECRET: 'x7Gh2kLm9QpRs4TvWy1Zb6Nc8Df3Hj5K',
      PUBLIC_URL: 'https://a.example',
      DATABASE_URL: 'embedded',
    }
    const refused = run({ ...secure, NODE_ENV: 'production' }, '--demo')
    expect(await refused.exited).toBe(1)
    expect(refused.output).toContain('does not run with NODE_ENV=production')
  })
})
