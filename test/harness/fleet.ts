import { setTimeout as delay } from 'node:timers/promises'
import postgres, { type Sql } from 'postgres'
import { completed } from './completed.ts'
import { createPostgresServer, type PostgresServer } from './postgres-server.ts'
import { createSpawnedServer, type SpawnedLogLine, type SpawnedServer } from './spawned-server.ts'
import { type ProxiedConnection, startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import type { Reply, TestBrowser } from './test-browser.ts'

/** One server process, and its own wire to the database. */
export type Member = SpawnedServer & { wire: TcpProxy }

/** Server processes on one Postgres, every part of which can be made to fail. */
export type Fleet = {
  postgres: PostgresServer
  members: readonly Member[]
  member(index: number): Member
  /** Straight to the database, past every wire: what is true, whatever the servers believe. */
  sql: Sql
  /** Takes the error-level lines so far, which would otherwise fail the test at `close`. */
  takeErrors(): SpawnedLogLine[]
  close(): Promise<void>
}

export type FleetOptions = {
  instances?: number
  environment?: Record<string, string>
  /** Modules that the processes load first, in the order of the processes. */
  preloads?: readonly string[]
}

export const fleetSecret = 'one secret that every instance of a fleet shares'
export const password = 'correct horse battery staple'

/** Starts the processes on a Postgres that keeps what it has confirmed. An error-level line that is left behind fails `close`. */
export async function startFleet({
  instances = 3,
  environment = {},
  preloads = [],
}: FleetOptions = {}): Promise<Fleet> {
  const database = await createPostgresServer({ durable: true })
  await database.start()
  const sql = postgres(database.url, { max: 4, onnotice: () => {}, connect_timeout: 5 })
  const members: Member[] = []
  for (let index = 0; index < instances; index++) {
    const wire = await startTcpProxy({ port: database.port })
    const preload = preloads[index]
    const server = await createSpawnedServer({
      environment: {
        SECRET: fleetSecret,
        DATABASE_URL: wire.through(database.url),
        TRUSTED_PROXIES: '127.0.0.1',
        ...environment,
      },
      ...(preload ? { preload } : {}),
    })
    members.push(Object.assign(server, { wire }))
  }
  await Promise.all(members.map((member) => member.start()))

  const taken = new Set<string>()
  const errors = () =>
    members.flatMap((member) => member.lines()).filter((line) => line.level >= 50 && !taken.has(JSON.stringify(line)))

  return {
    postgres: database,
    members,
    member(index) {
      const member = members[index]
      if (!member) throw new Error('The fleet has no such member')
      return member
    },
    sql,
    takeErrors() {
      const lines = errors()
      for (const line of lines) taken.add(JSON.stringify(line))
      return lines
    },
    async close() {
      const left = errors()
      await Promise.all(members.map((member) => member.destroy()))
      await Promise.all(members.map(({ wire }) => wire.close()))
      await sql.end({ timeout: 1 })
      await database.destroy()
      if (left.length > 0)
        throw new Error(`Unexpected errors were logged:\n${left.map((line) => JSON.stringify(line)).join('\n')}`)
    },
  }
}

let networks = 0

/** Options of a browser in a network of its own, so that limits on networks are out of the way. */
export const ownNetwork = () => ({
  headers: { 'x-forwarded-for': `10.${(++networks >> 8) & 255}.${networks & 255}.1` },
})

/** A browser in which a new person has just signed up. */
export async function newPerson(server: SpawnedServer) {
  const browser = server.browser(ownNetwork())
  const email = `person-${process.pid}-${networks}@example.com`
  const { user, session } = completed(await browser.api.auth.signUp.mutate({ email, password }))
  return { browser, email, user, session }
}

/** Asks again, as a page does, while there is no answer or it says "try again". */
export async function patiently(ask: () => Promise<Reply>, withinMilliseconds = 25_000): Promise<Reply> {
  const giveUpAt = Date.now() + withinMilliseconds
  for (;;) {
    const reply = await ask().catch((error: unknown) => {
      if (Date.now() > giveUpAt) throw error
      return null
    })
    if (reply && (reply.status !== 503 || Date.now() > giveUpAt)) return reply
    await delay(100)
  }
}

/** Asks without an access token, so that the server has to refresh. */
export function refreshing(browser: TestBrowser): Promise<Reply> {
  browser.drop('access')
  return browser.query('auth.whoami')
}

/** The session's row as it is. */
export async function rowOf(fleet: Fleet, sessionId: string) {
  const [row] = await fleet.sql<{ generation: number; revoked: string | null }[]>`
    select generation, revoked_reason as revoked from sessions where id = ${sessionId}`
  if (!row) throw new Error('The session has no row')
  return row
}

/** Whether a connection through a wire is the one that listens for notifications. */
export const listens = ({ opening }: ProxiedConnection) => /listen "/.test(opening)

/** Waits until this member refuses a device that is revoked on another one; answers after how many milliseconds it did. */
export async function untilRevocationBites(member: Member, elsewhere: Member): Promise<number> {
  const { browser, email } = await newPerson(elsewhere)
  const phone = member.browser(ownNetwork())
  const { session } = completed(await phone.api.auth.signIn.mutate({ email, password }))
  await browser.api.session.revoke.mutate({ sessionId: session.id })
  const startedAt = performance.now()
  for (;;) {
    if ((await phone.clone().query('auth.whoami')).status === 401) return performance.now() - startedAt
    if (performance.now() - startedAt > 15_000) throw new Error('A revoked device is still signed in')
    await delay(5)
  }
}

/** Waits until notifications reach this member: it is told of a revocation while it cannot read the table. */
export async function untilNotified(member: Member, elsewhere: Member): Promise<void> {
  const giveUpAt = performance.now() + 40_000
  for (;;) {
    const { browser, email } = await newPerson(elsewhere)
    const phone = member.browser(ownNetwork())
    const { session } = completed(await phone.api.auth.signIn.mutate({ email, password }))
    member.wire.hold('both', (connection) => !listens(connection))
    try {
      await browser.api.session.revoke.mutate({ sessionId: session.id })
      // Before the feed is stale, only a notification can make the difference.
      for (let attempt = 0; attempt < 40; attempt++) {
        if ((await phone.clone().query('auth.whoami')).status === 401) return
        await delay(25)
      }
    } finally {
      member.wire.release()
    }
    if (performance.now() > giveUpAt) throw new Error('Notifications do not arrive')
    await patiently(() => browser.query('auth.whoami'))
  }
}
