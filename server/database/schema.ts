import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  timestamp as pgTimestamp,
  primaryKey,
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
  (table) => [
    uniqueIndex('users_email').on(table.email),
    // For searches by the beginning of a word, whatever the database's collation.
    index('users_email_prefix').using('btree', table.email.op('text_pattern_ops')),
    index('users_name_prefix').using('btree', sql`lower(${table.name}) text_pattern_ops`),
    index('users_created').on(table.createdAt, table.id),
    index('users_administrators').on(table.id).where(sql`${table.role} <> 'user'`),
  ],
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
    index('sessions_live').on(table.createdAt, table.id).where(sql`${table.revokedAt} is null`),
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

/** Attempts counted in a window that starts with the first one; keys are hashes of what is limited. `blocks` counts the windows in a row that were used up: each lengthens the next. */
export const attempts = pgTable(
  'attempts',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    blocks: integer('blocks').notNull().default(0),
    endsAt: timestamp('ends_at').notNull(),
  },
  (table) => [index('attempts_end').on(table.endsAt)],
)

/** The authenticator app of a user. The secret is sealed under `SECRET`; without `confirmedAt` it is being set up and counts for nothing. */
export const authenticatorApps = pgTable('authenticator_apps', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  sealedSecret: bytes('sealed_secret').notNull(),
  /** The time step of the last code that was accepted: it and older ones are spent (RFC 6238, 5.2). */
  lastUsedStep: bigint('last_used_step', { mode: 'number' }).notNull().default(0),
  createdAt: timestamp('created_at').notNull(),
  confirmedAt: timestamp('confirmed_at'),
})

/** What opens the account when every other second factor is lost; each once. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    codeHash: bytes('code_hash').notNull(),
    createdAt: timestamp('created_at').notNull(),
    usedAt: timestamp('used_at'),
  },
  (table) => [primaryKey({ columns: [table.userId, table.codeHash] })],
)

/** A WebAuthn credential. `counter` is the signature counter that the authenticator last reported. */
export const passkeys = pgTable(
  'passkeys',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    credentialId: text('credential_id').notNull(),
    publicKey: bytes('public_key').notNull(),
    counter: bigint('counter', { mode: 'number' }).notNull(),
    /** How the browser may reach the authenticator, separated by spaces. */
    transports: text('transports').notNull(),
    /** Copied between devices by its provider, instead of bound to one. */
    synced: boolean('synced').notNull(),
    name: text('name').notNull(),
    createdAt: timestamp('created_at').notNull(),
    lastUsedAt: timestamp('last_used_at'),
  },
  (table) => [uniqueIndex('passkeys_credential').on(table.credentialId), index('passkeys_user').on(table.userId)],
)

/** Half an authentication: what a short-lived cookie stands for until the other half arrives. The row is deleted by its use. */
export const challenges = pgTable(
  'challenges',
  {
    id: uuid('id').primaryKey(),
    secretHash: bytes('secret_hash').notNull(),
    kind: text('kind').notNull(),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** The user's token version when the first half was proven. */
    tokenVersion: integer('token_version'),
    deviceName: text('device_name'),
    /** What an authenticator is asked to sign. */
    nonce: text('nonce'),
    expiresAt: timestamp('expires_at').notNull(),
  },
  (table) => [index('challenges_expiry').on(table.expiresAt)],
)

/**
 * A link that was mailed: single-use, hashed, soon over. Without a user: a sign-up that waits for its confirmation, or the trace of a
 * request for an address that nobody has, so that both cost the same.
 */
export const mailedLinks = pgTable(
  'mailed_links',
  {
    id: uuid('id').primaryKey(),
    secretHash: bytes('secret_hash').notNull(),
    purpose: text('purpose').notNull(),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** The address that the link confirms. */
    email: text('email'),
    /** Of a sign-up: what the person will be called, and the hash of what they chose. */
    name: text('name'),
    passwordHash: text('password_hash'),
    createdAt: timestamp('created_at').notNull(),
    expiresAt: timestamp('expires_at').notNull(),
    usedAt: timestamp('used_at'),
  },
  (table) => [index('mailed_links_user').on(table.userId), index('mailed_links_expiry').on(table.expiresAt)],
)

/** Mail that is to be sent, sealed under `SECRET` because of the links in it; deleted when a server has taken it. */
export const outgoingMails = pgTable(
  'outgoing_mails',
  {
    id: uuid('id').primaryKey(),
    sealedMail: bytes('sealed_mail').notNull(),
    attempts: integer('attempts').notNull().default(0),
    dueAt: timestamp('due_at').notNull(),
    createdAt: timestamp('created_at').notNull(),
  },
  (table) => [index('outgoing_mails_due').on(table.dueAt)],
)

/** Sessions and keys whose rows went with their user: all that is left is that tokens of theirs no longer count. */
export const erasedSessions = pgTable(
  'erased_sessions',
  {
    id: uuid('id').primaryKey(),
    erasedAt: timestamp('erased_at').notNull(),
  },
  (table) => [index('erased_sessions_moment').on(table.erasedAt)],
)

/**
 * What was done to others by those who may, and why. Triggers refuse every change of a row that stands here. No reference to users: who acted stays
 * on record when their account is gone.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    actorKind: text('actor_kind').notNull(),
    actorId: uuid('actor_id'),
    action: text('action').notNull(),
    targetKind: text('target_kind').notNull(),
    targetId: text('target_id'),
    reason: text('reason'),
    details: jsonb('details').$type<Record<string, string | number>>(),
    ipAddress: text('ip_address'),
    requestId: text('request_id'),
    createdAt: timestamp('created_at').notNull(),
  },
  (table) => [
    index('audit_events_actor').on(table.actorId, table.id),
    index('audit_events_target').on(table.targetId, table.id),
  ],
)

/** The link that makes the first administrator: hashed, single-use, soon over. */
export const setUpLinks = pgTable('set_up_links', {
  id: uuid('id').primaryKey(),
  secretHash: bytes('secret_hash').notNull(),
  createdAt: timestamp('created_at').notNull(),
  expiresAt: timestamp('expires_at').notNull(),
  usedAt: timestamp('used_at'),
})
