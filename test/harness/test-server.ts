import { like } from 'drizzle-orm'
import { type App, buildApp } from '../../server/app.ts'
import { type Config, readConfig } from '../../server/config.ts'
import type { Database } from '../../server/database/connect.ts'
import { attempts } from '../../server/database/schema.ts'
import type { Patience } from '../../server/http/connections.ts'
import type { SendMail } from '../../server/mail/send-mail.ts'
import type { Locate } from '../../server/session/location.ts'
import { completed } from './completed.ts'
import { type BrowserOptions, TestBrowser } from './test-browser.ts'
import { createTestClock, type TestClock } from './test-clock.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

export type TestInstance = {
  app: App
  url: string
  database: Database
  /** Every log line so far, parsed. */
  logs: LogLine[]
  /** Every mail that this instance has sent so far, unless `SMTP_URL` says where to. */
  mails: SentMail[]
  browser(options?: BrowserOptions): TestBrowser
}

export type SentMail = Parameters<SendMail>[0]

export type LogLine = { level: number; event?: string } & Record<string, unknown>

export type TestServer = TestInstance & {
  instances: TestInstance[]
  clock: TestClock
  config: Config
  testDatabase: TestDatabase
  /** One more instance on the same database and clock, with settings of its own on top. */
  addInstance(environment?: Record<string, string>): Promise<TestInstance>
  /** Takes the error-level lines of every instance, which would otherwise fail the test at `close`. */
  takeErrors(): LogLine[]
  close(): Promise<void>
}

export type TestServerOptions = {
  environment?: Record<string, string>
  instances?: number
  dashboardDirectory?: string
  locate?: Locate
  patience?: Patience
}

export const testSecret = 'a secret that is only good for tests and long enough'
export const password = 'correct horse battery staple'

/** Every address with a different last label; each test signs up people of its own. */
let people = 0
export const newEmail = () => `person-${process.pid}-${++people}@example.com`

/**
 * Real servers on loopback ports: their own database, one frozen clock, and the shipped app. A test that leaves an
 * error-level log line behind fails.
 */
export async function startTestServer({
  environment = {},
  instances: count = 1,
  dashboardDirectory,
  locate,
  patience,
}: TestServerOptions = {}): Promise<TestServer> {
  const testDatabase = await createTestDatabase()
  const clock = createTestClock()
  const read = (more: Record<string, string>) =>
    readConfig({ SECRET: testSecret, LOG_LEVEL: 'debug', ...environment, ...more })
  const instances: TestInstance[] = []
  for (let index = 0; index < count; index++) await addInstance()
  const [first] = instances
  if (!first) throw new Error('At least one instance is needed')

  async function addInstance(more: Record<string, string> = {}): Promise<TestInstance> {
    const config = read(more)
    const database = await testDatabase.connect()
    const logs: LogLine[] = []
    const logStream = { write: (line: string) => void logs.push(JSON.parse(line) as LogLine) }
    const mails: SentMail[] = []
    const sendMail: SendMail = async (mail) => {
      mails.push(mail)
      return 'the test'
    }
    const app = await buildApp({
      config,
      database,
      clock,
      logStream,
      // The tests share the processor with their server, and would starve its hashing.
      hashingNiceness: 0,
      ...(config.smtpUrl ? {} : { sendMail }),
      ...(dashboardDirectory ? { dashboardDirectory } : {}),
      ...(locate ? { locate } : {}),
      ...(patience ? { patience } : {}),
    })
    const url = (await app.listen({ host: '127.0.0.1', port: 0 })).replace('127.0.0.1', 'localhost')
    const instance: TestInstance = {
      app,
      url,
      database,
      logs,
      mails,
      browser: (options) => new TestBrowser(url, options),
    }
    instances.push(instance)
    return instance
  }

  const taken = new Set<LogLine>()
  const errors = () => instances.flatMap(({ logs }) => logs).filter((line) => line.level >= 50 && !taken.has(line))

  return {
    ...first,
    instances,
    clock,
    config: read({}),
    testDatabase,
    addInstance,
    takeErrors() {
      const lines = errors()
      for (const line of lines) taken.add(line)
      return lines
    },
    async close() {
      for (const { app, database } of instances) {
        await app.close()
        await database.close()
      }
      await testDatabase.drop()
      const left = errors()
      if (left.length > 0)
        throw new Error(`Unexpected errors were logged:\n${left.map((line) => JSON.stringify(line)).join('\n')}`)
    },
  }
}

/** Everybody here comes from one network, and its limit on sign-ups is not what most tests are about. */
export async function forgiveSignUps({ database }: Pick<TestInstance, 'database'>): Promise<void> {
  await database.orm.delete(attempts).where(like(attempts.key, 'sign-up network:%'))
}

/** A browser in which a new person has just signed up. */
export async function signedUp(instance: TestInstance, options?: BrowserOptions) {
  await forgiveSignUps(instance)
  const browser = instance.browser(options)
  const email = newEmail()
  const { user, session } = completed(await browser.api.auth.signUp.mutate({ email, password }))
  return { browser, email, user, session }
}

/** One more device of the same person. */
export async function signedIn(instance: TestInstance, email: string, options?: BrowserOptions) {
  const browser = instance.browser(options)
  const result = completed(await browser.api.auth.signIn.mutate({ email, password }))
  return { browser, session: result.session }
}
