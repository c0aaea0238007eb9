import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Database } from './database/connect.ts'
import { securityEvents, sessions, users } from './database/schema.ts'
import { seedPeople } from './demo-people.ts'
import { createServiceAccount } from './service/accounts.ts'
import { addServiceKey } from './service/keys.ts'
import type { Device } from './session/open-session.ts'
import { hashSecret } from './token/refresh-token.ts'
import { hashOnce } from './user/password.ts'

export type DemoAccount = {
  email: string
  password: string
  /** Of a service account that may follow revocations, for the examples. */
  serviceKey: string
}

const hour = 3_600_000
const day = 24 * hour

type DemoSession = {
  /** For the events that are about it. */
  id?: string
  device: Device
  name?: string
  ipAddress: string
  openedAgo: number
  activeAgo: number
  ended?: { ago: number; reason: string }
}

const laptop: Device = { kind: 'desktop', browser: 'Chrome', os: 'Windows' }
const phone: Device = { kind: 'mobile', browser: 'Safari', os: 'iOS' }
const tablet: Device = { kind: 'tablet', browser: 'Safari', os: 'iPadOS' }
const desktop: Device = { kind: 'desktop', browser: 'Firefox', os: 'Linux' }
const program: Device = { kind: 'app', browser: null, os: null }

const lost = randomUUID()
const sold = randomUUID()

const devices: DemoSession[] = [
  { device: laptop, name: 'Work laptop', ipAddress: '203.0.113.7', openedAgo: 6 * day, activeAgo: 2 * hour },
  { device: phone, ipAddress: '198.51.100.24', openedAgo: 5 * hour, activeAgo: 20 * 60_000 },
  { device: tablet, name: 'Kitchen', ipAddress: '203.0.113.7', openedAgo: 3 * day, activeAgo: 1 * day },
  { device: program, name: 'Backup job', ipAddress: '192.0.2.51', openedAgo: 4 * day, activeAgo: 3 * hour },
  {
    id: lost,
    device: desktop,
    ipAddress: '203.0.113.9',
    openedAgo: 12 * day,
    activeAgo: 9 * day,
    ended: { ago: 9 * day, reason: 'reuse' },
  },
  {
    id: sold,
    device: phone,
    name: 'Old phone',
    ipAddress: '198.51.100.80',
    openedAgo: 20 * day,
    activeAgo: 15 * day,
    ended: { ago: 14 * day, reason: 'revoked' },
  },
]

const history: {
  ago: number
  kind: string
  sessionId?: string
  reason?: string
  device?: string
  ipAddress: string
}[] = [
  { ago: 40 * day, kind: 'signed_up', device: 'Chrome on Windows', ipAddress: '203.0.113.7' },
  { ago: 20 * day, kind: 'signed_in', device: 'Safari on iOS', ipAddress: '198.51.100.80' },
  { ago: 14 * day, kind: 'session_revoked', sessionId: sold, device: 'Chrome on Windows', ipAddress: '203.0.113.7' },
  { ago: 12 * day, kind: 'signed_in', device: 'Firefox on Linux', ipAddress: '203.0.113.9' },
  { ago: 9 * day, kind: 'token_reused', sessionId: lost, reason: 'reuse', ipAddress: '203.0.113.9' },
  { ago: 8 * day, kind: 'password_changed', device: 'Chrome on Windows', ipAddress: '203.0.113.7' },
  { ago: 6 * day, kind: 'signed_in', device: 'Chrome on Windows', ipAddress: '203.0.113.7' },
  {
    ago: 2 * day,
    kind: 'sign_in_failed',
    reason: 'wrong_password',
    device: 'Chrome on Android',
    ipAddress: '192.0.2.200',
  },
  { ago: 5 * hour, kind: 'signed_in', device: 'Safari on iOS', ipAddress: '198.51.100.24' },
]

const nobody = { ipAddress: null, location: null, device: null, requestId: null }

/** A service account of the administrator, as `service.create` makes them. */
async function seedServiceKey({ orm }: Database, clock: Clock, ownerId: string): Promise<string> {
  const account = { ownerId, name: 'Orders example', scopes: ['revocations:read'], origin: nobody }
  return orm.transaction(async (transaction) => {
    const created = await createServiceAccount(transaction, clock, account)
    if (created.kind !== 'created') throw new Error('The demo could not create its service account')
    const key = { ownerId, accountId: created.accountId, expiresInSeconds: day / 1000, origin: nobody }
    const added = await addServiceKey(transaction, clock, key)
    if (added.kind !== 'added') throw new Error('The demo could not create its service key')
    return added.text
  })
}

/** Two people with devices and a history to look at, one of them an administrator; password and service key are new each time. For `npm run demo` only. */
export async function seedDemo(database: Database, clock: Clock, config: Config): Promise<DemoAccount> {
  const { orm } = database
  const password = `demo-${randomBytes(9).toString('base64url')}`
  const passwordHash = await hashOnce(password)
  const ago = (milliseconds: number) => new Date(clock.now() - milliseconds)
  const [ada, ben] = [randomUUID(), randomUUID()]
  const person = { passwordHash, createdAt: ago(40 * day), passwordChangedAt: ago(8 * day) }
  await orm.insert(users).values([
    { ...person, id: ada, email: 'ada@example.com', name: 'Ada Lovelace', role: 'admin' },
    { ...person, id: ben, email: 'ben@example.com', name: 'Ben Franklin' },
  ])
  await orm.insert(sessions).values(
    devices.map(({ id = randomUUID(), device, name, ipAddress, openedAgo, activeAgo, ended }) => ({
      id,
      userId: ada,
      tokenVersion: 0,
      // Nobody holds a token for these devices: the hash is of bytes that were never sent.
      secretHash: hashSecret(randomBytes(32)),
      salt: randomBytes(16),
      keyId: 0,
      rotatedAt: ago(activeAgo),
      createdAt: ago(openedAgo),
      authenticatedAt: ago(openedAgo),
      lastActiveAt: ago(activeAgo),
      idleExpiresAt: new Date(clock.now() - activeAgo + config.sessionIdleTtlSeconds * 1000),
      absoluteExpiresAt: new Date(clock.now() - openedAgo + config.sessionAbsoluteTtlSeconds * 1000),
      amr: 'pwd',
      name: name ?? null,
      deviceKind: device.kind,
      browser: device.browser,
      os: device.os,
      firstIpAddress: ipAddress,
      ipAddress,
      revokedAt: ended ? ago(ended.ago) : null,
      revokedReason: ended?.reason ?? null,
    })),
  )
  await orm
    .insert(securityEvents)
    .values(history.map(({ ago: milliseconds, ...event }) => ({ ...event, userId: ada, createdAt: ago(milliseconds) })))
  await seedPeople(database, clock, passwordHash)
  return { email: 'ada@example.com', password, serviceKey: await seedServiceKey(database, clock, ada) }
}
