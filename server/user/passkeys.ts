import { randomUUID } from 'node:crypto'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { and, eq } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Queryable } from '../database/connect.ts'
import { passkeys, users } from '../database/schema.ts'
import { toUser, type User } from './user.ts'

/** A passkey as its owner sees it. Dates are ISO 8601. */
export type Passkey = { id: string; name: string; synced: boolean; createdAt: string; lastUsedAt: string | null }

const mostPasskeys = 20

/** Read when somebody first uses a passkey: its certificates and ASN.1 would be a third of what a start has to load. */
const webauthn = () => import('@simplewebauthn/server')

/** The relying party (WebAuthn, 5.4.2): the host of the dashboard, called from the origins that may hold its cookies. */
const partyOf = ({ publicUrl, allowedOrigins }: Config) => ({
  expectedRPID: new URL(publicUrl).hostname,
  expectedOrigin: [...allowedOrigins],
})

function toPasskey({ id, name, synced, createdAt, lastUsedAt }: typeof passkeys.$inferSelect): Passkey {
  return { id, name, synced, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null }
}

/** A user's passkeys, the oldest first. */
export async function listPasskeys(queryable: Queryable, userId: string): Promise<Passkey[]> {
  const rows = await queryable.select().from(passkeys).where(eq(passkeys.userId, userId)).orderBy(passkeys.createdAt)
  return rows.map(toPasskey)
}

/** What `navigator.credentials.create` takes (WebAuthn, 5.4), as JSON. */
export type PasskeyCreationOptions = {
  rp: { name: string; id: string }
  user: { id: string; name: string; displayName: string }
  challenge: string
  pubKeyCredParams: { type: 'public-key'; alg: number }[]
  timeout: number
  excludeCredentials: { type: 'public-key'; id: string; transports: string[] }[]
  authenticatorSelection: { residentKey: 'required'; requireResidentKey: true; userVerification: 'required' }
  attestation: 'none'
}

/** What `navigator.credentials.get` takes (WebAuthn, 5.5), as JSON. */
export type PasskeyRequestOptions = {
  challenge: string
  timeout: number
  rpId: string
  userVerification: 'required'
}

const fiveMinutesMilliseconds = 300_000
const rpName = 'Latchkey'

/** What a browser needs to make a passkey. It can be found without a name typed, and its authenticator checks who uses it. */
export async function passkeyCreationOptions(
  queryable: Queryable,
  config: Config,
  user: User,
): Promise<PasskeyCreationOptions> {
  const existing = await queryable
    .select({ id: passkeys.credentialId, transports: passkeys.transports })
    .from(passkeys)
    .where(eq(passkeys.userId, user.id))
  const rpID = partyOf(config).expectedRPID
  const { generateRegistrationOptions } = await webauthn()
  const {
    challenge,
    pubKeyCredParams,
    user: account,
  } = await generateRegistrationOptions({
    rpName,
    rpID,
    userID: new Uint8Array(Buffer.from(user.id.replaceAll('-', ''), 'hex')),
    userName: user.email,
    userDisplayName: user.name ?? user.email,
  })
  return {
    rp: { name: rpName, id: rpID },
    user: account,
    challenge,
    pubKeyCredParams,
    timeout: fiveMinutesMilliseconds,
    excludeCredentials: existing.map(({ id, transports }) => ({
      type: 'public-key',
      id,
      transports: transports.split(' ').filter(Boolean),
    })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
  }
}

/** What a browser needs to use a passkey of whoever holds one. */
export async function passkeyRequestOptions(config: Config): Promise<PasskeyRequestOptions> {
  const rpId = partyOf(config).expectedRPID
  const { generateAuthenticationOptions } = await webauthn()
  const { challenge } = await generateAuthenticationOptions({ rpID: rpId })
  return { challenge, timeout: fiveMinutesMilliseconds, rpId, userVerification: 'required' }
}

type NewPasskey = { userId: string; nonce: string; name: string; response: RegistrationResponseJSON }

/** Keeps a new passkey. Refused: an answer to another challenge, from another origin, unverified, or of a credential that exists. Run in a transaction. */
export async function addPasskey(
  transaction: Queryable,
  { clock, config }: { clock: Clock; config: Config },
  { userId, nonce, name, response }: NewPasskey,
): Promise<{ kind: 'added'; passkey: Passkey } | { kind: 'refused' } | { kind: 'tooMany' }> {
  const { verifyRegistrationResponse } = await webauthn()
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: nonce,
    ...partyOf(config),
    requireUserVerification: true,
  }).catch(() => null)
  if (!verified?.verified) return { kind: 'refused' }
  // One at a time per user, so that the count holds.
  await transaction.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('no key update')
  if ((await transaction.$count(passkeys, eq(passkeys.userId, userId))) >= mostPasskeys) return { kind: 'tooMany' }
  const { credential, credentialDeviceType } = verified.registrationInfo
  const [row] = await transaction
    .insert(passkeys)
    .values({
      id: randomUUID(),
      userId,
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: (credential.transports ?? []).join(' '),
      synced: credentialDeviceType === 'multiDevice',
      name,
      createdAt: clock.sql(),
    })
    .onConflictDoNothing({ target: passkeys.credentialId })
    .returning()
  return row ? { kind: 'added', passkey: toPasskey(row) } : { kind: 'refused' }
}

/** A key that nobody holds (the base point of P-256), so that a passkey that nobody has enrolled costs a verification as well. */
const nobody = {
  credentialId: 'AA',
  publicKey: Buffer.from(
    'a5010203262001215820' +
      '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
      '225820' +
      '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    'hex',
  ),
}

/** Whose passkey it was; why it was refused is for the log. */
export type ProvenPasskey =
  | { kind: 'proven'; user: User; tokenVersion: number; amr: readonly string[] }
  | { kind: 'refused'; why: 'unknown_passkey' | 'bad_signature' | 'counter' | 'suspended'; userId: string | null }

/**
 * Checks a passkey's answer to `nonce`. A signature counter that does not rise is the mark of a copied authenticator (WebAuthn, 6.1.1) and
 * refused; the new one is written on the condition that the old one still stands.
 */
export async function provePasskey(
  queryable: Queryable,
  { clock, config }: { clock: Clock; config: Config },
  { nonce, response }: { nonce: string; response: AuthenticationResponseJSON },
): Promise<ProvenPasskey> {
  const { verifyAuthenticationResponse } = await webauthn()
  const verify = ({ credentialId: id, publicKey }: Pick<typeof passkeys.$inferSelect, 'credentialId' | 'publicKey'>) =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: nonce,
      ...partyOf(config),
      requireUserVerification: true,
      // The counter is compared below, so that the reason is known.
      credential: { id, publicKey: new Uint8Array(publicKey), counter: 0 },
    }).catch(() => null)
  const [row] = await queryable
    .select({ passkey: passkeys, user: users })
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .where(eq(passkeys.credentialId, response.id))
  if (!row) {
    await verify(nobody)
    return { kind: 'refused', why: 'unknown_passkey', userId: null }
  }
  const { passkey, user } = row
  const refused = (why: 'bad_signature' | 'counter' | 'suspended'): ProvenPasskey => ({
    kind: 'refused',
    why,
    userId: user.id,
  })
  const handle = response.response.userHandle
  if (handle && Buffer.from(handle, 'base64url').toString('hex') !== user.id.replaceAll('-', ''))
    return refused('bad_signature')
  const verified = await verify(passkey)
  if (!verified?.verified) return refused('bad_signature')
  const { newCounter, credentialDeviceType } = verified.authenticationInfo
  const counts = newCounter > 0 || passkey.counter > 0
  if (counts && newCounter <= passkey.counter) return refused('counter')
  if (user.suspendedAt) return refused('suspended')
  const used = await queryable
    .update(passkeys)
    .set({ counter: newCounter, lastUsedAt: clock.sql() })
    .where(and(eq(passkeys.id, passkey.id), eq(passkeys.userId, user.id), eq(passkeys.counter, passkey.counter)))
    .returning({ id: passkeys.id })
  if (used.length === 0) return refused('counter')
  // RFC 8176: a key that its hardware keeps, or one that is copied between devices; either way it was unlocked by its owner.
  const amr = [credentialDeviceType === 'multiDevice' ? 'swk' : 'hwk', 'mfa']
  return { kind: 'proven', user: toUser(user), tokenVersion: user.tokenVersion, amr }
}

type Owned = { userId: string; passkeyId: string }

/** Renames a passkey; `null` when the user has none of that id. */
export async function renamePasskey(
  queryable: Queryable,
  { userId, passkeyId, name }: Owned & { name: string },
): Promise<Passkey | null> {
  const [row] = await queryable
    .update(passkeys)
    .set({ name })
    .where(and(eq(passkeys.id, passkeyId), eq(passkeys.userId, userId)))
    .returning()
  return row ? toPasskey(row) : null
}

/** Removes a passkey; `false` when the user has none of that id. */
export async function removePasskey(queryable: Queryable, { userId, passkeyId }: Owned): Promise<boolean> {
  const removed = await queryable
    .delete(passkeys)
    .where(and(eq(passkeys.id, passkeyId), eq(passkeys.userId, userId)))
    .returning({ id: passkeys.id })
  return removed.length > 0
}

/** Removes every passkey of a user. */
export async function removePasskeys(queryable: Queryable, userId: string): Promise<void> {
  await queryable.delete(passkeys).where(eq(passkeys.userId, userId))
}
