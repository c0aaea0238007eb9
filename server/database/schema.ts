import { sql } from 'drizzle-orm'
import {
  bigint,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  timestamp as pgTimestamp,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

const bytes = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
})

const timestamp = (name: string) => pgTimestamp(name, { withTimezone: true, precision: 3 })

/** A person. `tokenVersion` is compared on every refresh: a bump ends every session of the user (R12). */
export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    /** In lower case: the unique index decides who owns an address. */
    email: text('email').notNull(),
    name: text('name'),
    role: text('role').notNull().default('user'),
    passwordHash: text('password_hash').notNull(),
    passwordChangedAt: timestamp('password_changed_at').notNull(),
    tokenVersion: integer('token_version').notNull().default(0),
    emailVerifiedAt: timestamp('email_verified_at'),
    suspendedAt: timestamp('suspended_at'),
    createdAt: timestamp('created_at').notNull(),
  },
  (table) => [uniqueIndex('users_email').on(table.email)],
)

/**
 * One signed-in device, which is one refresh-token family: a single row for its whole life (R10). The row holds the
 * current generation's hash and the salt that made it, never a token.
 *
 * Nothing that a rotation changes is indexed, so that Postgres can rotate in place (heap-only tuples).
 */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    generation: integer('generation').notNull().default(0),
    secretHash: bytes('secret_hash').notNull(),
    salt: bytes('salt').notNull(),
    keyId: integer('key_id').notNull(),
    rotatedAt: timestamp('rotated_at').notNull(),
    idleExpiresAt: timestamp('idle_expires_at').notNull(),
    absoluteExpiresAt: timestamp('absolute_expires_at').notNull(),
    /** The user's token version when the session was opened. */
    tokenVersion: integer('token_version').notNull(),
    revokedAt: timestamp('revoked_at'),
    revokedReason: text('revoked_reason'),
    createdAt: timestamp('created_at').notNull(),
    lastActiveAt: timestamp('last_active_at').notNull(),
    authenticatedAt: timestamp('authenticated_at').notNull(),
    /** Authentication methods, RFC 8176, separated by spaces. */
    amr: text('amr').notNull(),
    name: text('name'),
    deviceKind: text('device_kind').notNull(),
    browser: text('browser'),
    os: text('os'),
    firstIpAddress: text('first_ip_address'),
    ipAddress: text('ip_address'),
    /** Roughly where `ipAddress` is, if the operator has a database of places. */
    location: text('location'),
  },
  (table) => [
    index('sessions_user').on(table.userId),
    index('sessions_revoked').on(table.revokedAt).where(sql`${table.revokedAt} is not null`),
    index('sessions_absolute_expiry').on(table.absoluteExpiresAt),
  ],
)

/**
 * The pairs that sign access tokens. A key is published from `createdAt`, signs from `signsFrom` until the next one does, and
 * is trusted until `trustedUntil`, when its last token has expired; `null` while no successor is planned. The private half is encrypted under `SECRET`.
 */
export const signingKeys = pgTable('signing_keys', {
  id: text('id').primaryKey(),
  algorithm: text('algorithm').notNull(),
  publicKey: jsonb('public_key').notNull(),
  encryptedPrivateKey: bytes('encrypted_private_key').notNull(),
  createdAt: timestamp('created_at').notNull(),
  signsFrom: timestamp('signs_from').notNull(),
  trustedUntil: timestamp('trusted_until'),
  revokedAt: timestamp('revoked_at'),
})

/** A program that calls in its own name, on the responsibility of the user who owns it. Scopes are separated by spaces (RFC 6749, 3.3). */
export const serviceAccounts = pgTable(
  'service_accounts',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    scopes: text('scopes').notNull(),
    createdAt: timestamp('created_at').notNull(),
    removedAt: timestamp('removed_at'),
  },
  (table) => [index('service_accounts_owner').on(table.ownerId)],
)

/** A key of a service account, hashed. `hint` is what a person tells keys apart by. Its id is the `sid` of the access tokens it is exchanged for. */
export const serviceKeys = pgTable(
  'service_keys',
  {
    id: uuid('id').primaryKey(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => serviceAccounts.id, { onDelete: 'cascade' }),
    secretHash: bytes('secret_hash').notNull(),
    hint: text('hint').notNull(),
    createdAt: timestamp('created_at').notNull(),
    expiresAt: timestamp('expires_at').notNull(),
    lastUsedAt: timestamp('last_used_at'),
    revokedAt: timestamp('revoked_at'),
  },
  (table) => [
    index('service_keys_account').on(table.accountId),
    index('service_keys_revoked').on(table.revokedAt).where(sql`${table.revokedAt} is not null`),
  ],
)

/** What happened to a user and their sessions, in the words of `kind`; kept after the session is gone. Without a user: nobody has that address. */
export const securityEvents = pgTable(
  'security_events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    sessionId: uuid('session_id'),
    kind: text('kind').notNull(),
    reason: text('reason'),
    device: text('device'),
    ipAddress: text('ip_address'),
    requestId: text('request_id'),
    createdAt: timestamp('created_at').notNull(),
  },
  (table) => [
    index('security_events_user').on(table.userId, table.id),
    index('security_events_created').on(table.createdAt),
  ],
)

/** Attempts counted in a window that starts with the first one; keys are hashes of what is limited. */
export const attempts = pgTable(
  'attempts',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    endsAt: timestamp('ends_at').notNull(),
  },
  (table) => [index('attempts_end').on(table.endsAt)],
)
