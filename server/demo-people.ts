import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Database } from './database/connect.ts'
import { auditEvents, authenticatorApps, securityEvents, sessions, users } from './database/schema.ts'
import type { Device } from './session/open-session.ts'
import { hashSecret } from './token/refresh-token.ts'

const hour = 3_600_000
const day = 24 * hour

const names = [
  'Grace Hopper',
  'Alan Turing',
  'Katherine Johnson',
  'Edsger Dijkstra',
  'Barbara Liskov',
  'Donald Knuth',
  'Margaret Hamilton',
  'Dennis Ritchie',
  'Radia Perlman',
  'Niklaus Wirth',
  'Frances Allen',
  'Tony Hoare',
  'Karen Jones',
  'Leslie Lamport',
  'Adele Goldberg',
  'John Backus',
  'Jean Bartik',
  'Ken Thompson',
]

const devices: Device[] = [
  { kind: 'desktop', browser: 'Chrome', os: 'Windows' },
  { kind: 'mobile', browser: 'Safari', os: 'iOS' },
  { kind: 'desktop', browser: 'Firefox', os: 'Linux' },
  { kind: 'mobile', browser: 'Chrome', os: 'Android' },
  { kind: 'desktop', browser: 'Safari', os: 'macOS' },
]

/** The same numbers for everybody who looks, and yet not a pattern: the fractional part of multiples of the golden ratio. */
const spread = (index: number, size: number) => Math.floor(((index * 0.618034) % 1) * size)

/** A company's worth of people who come and go, for the pages of administrators. Nobody holds a token for what they are signed in with. */
export async function seedPeople({ orm }: Database, clock: Clock, passwordHash: string): Promise<void> {
  const ago = (milliseconds: number) => new Date(clock.now() - milliseconds)
  const people = names.map((name, index) => ({
    id: randomUUID(),
    name,
    email: `${name.toLowerCase().replace(' ', '.')}@example.com`,
    role: index === 4 ? 'support' : 'user',
    passwordHash,
    emailVerifiedAt: ago(30 * day),
    passwordChangedAt: ago((20 + spread(index, 15)) * day),
    suspendedAt: index === 12 ? ago(3 * day) : null,
    createdAt: ago((41 + index * 3) * day),
  }))
  await orm.insert(users).values(people)
  await orm.insert(authenticatorApps).values(
    people
      .filter((_, index) => index % 3 === 0)
      .map(({ id }) => ({
        userId: id,
        sealedSecret: randomBytes(40),
        createdAt: ago(20 * day),
        confirmedAt: ago(20 * day),
      })),
  )
  const visits = Array.from({ length: 90 }, (_, index) => {
    const device = devices[spread(index + 5, devices.length)] ?? { kind: 'desktop', browser: null, os: null }
    const opened = (27 * day * index) / 90 + spread(index, 12) * hour
    const lasts = (1 + spread(index + 3, 12)) * day
    const person = people[spread(index + 1, people.length)]
    const ended = opened > lasts || person?.suspendedAt ? Math.max(opened - lasts, 0) : null
    return { id: randomUUID(), person, device, ended, opened, ipAddress: `198.51.100.${1 + spread(index, 200)}` }
  })
  await orm.insert(sessions).values(
    visits.flatMap(({ id, person, device, ended, opened, ipAddress }) => {
      if (!person) return []
      const active = ago(ended ?? Math.min(opened, (opened % day) / 2))
      return {
        id,
        userId: person.id,
        tokenVersion: 0,
        secretHash: hashSecret(randomBytes(32)),
        salt: randomBytes(16),
        keyId: 0,
        rotatedAt: active,
        createdAt: ago(opened),
        authenticatedAt: ago(opened),
        lastActiveAt: active,
        idleExpiresAt: new Date(active.getTime() + 7 * day),
        absoluteExpiresAt: new Date(clock.now() - opened + 30 * day),
        amr: 'pwd',
        deviceKind: device.kind,
        browser: device.browser,
        os: device.os,
        firstIpAddress: ipAddress,
        ipAddress,
        revokedAt: ended === null ? null : ago(ended),
        revokedReason: ended === null ? null : 'signed_out',
      }
    }),
  )
  const events = visits.flatMap(({ id, person, device, opened, ipAddress }, index) => {
    const shared = { device: `${device.browser} on ${device.os}`, ipAddress }
    const userId = person?.id ?? null
    const signedIn = { ...shared, userId, sessionId: id, kind: 'signed_in', reason: null, createdAt: ago(opened) }
    const failed = { ...signedIn, sessionId: null, kind: 'sign_in_failed', createdAt: ago(opened + hour) }
    return [
      signedIn,
      ...(index % 4 === 1 ? [{ ...failed, reason: 'wrong_password' }] : []),
      ...(index % 9 === 4 ? [{ ...failed, userId: null, reason: 'unknown_account' }] : []),
      ...(index % 23 === 6
        ? [{ ...signedIn, kind: 'token_reused', reason: 'reuse', createdAt: ago(opened + 2 * hour) }]
        : []),
    ]
  })
  await orm
    .insert(securityEvents)
    .values(events.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime()))
  const [grace, , , , barbara, , , , , , , , karen] = people
  if (!grace || !barbara || !karen) return
  const by = { actorKind: 'user', actorId: barbara.id, targetKind: 'user', ipAddress: '203.0.113.40' }
  await orm.insert(auditEvents).values([
    {
      actorKind: 'operator',
      action: 'role_changed',
      targetKind: 'user',
      targetId: barbara.id,
      details: { from: 'user', to: 'support' },
      createdAt: ago(26 * day),
    },
    {
      ...by,
      action: 'password_reset_sent',
      targetId: grace.id,
      reason: 'Called from her number on file, cannot sign in',
      requestId: randomUUID(),
      createdAt: ago(9 * day),
    },
    {
      ...by,
      action: 'user_suspended',
      targetId: karen.id,
      reason: 'Signs in from two continents at once, ticket 4711',
      requestId: randomUUID(),
      createdAt: ago(3 * day),
    },
  ])
}
