import { z } from 'zod'
import type { OutputOf, ProcedurePath } from './procedures.ts'

const moment = z.iso.datetime()
const text = z.string()
const maybe = text.nullable()
const device = z.object({
  kind: z.enum(['desktop', 'mobile', 'tablet', 'app', 'unknown']),
  browser: maybe,
  os: maybe,
})
const session = z.object({
  id: z.uuid(),
  current: z.boolean(),
  name: maybe,
  device,
  ipAddress: maybe,
  firstIpAddress: maybe,
  location: maybe,
  createdAt: moment,
  lastActiveAt: moment,
  authenticatedAt: moment,
  expiresAt: moment,
  amr: z.array(text),
})
const endedSession = z.object({
  id: z.uuid(),
  name: maybe,
  device,
  ipAddress: maybe,
  lastActiveAt: moment,
  endedAt: moment,
  reason: text,
  endedBy: z.object({ ipAddress: maybe, device: maybe }).nullable(),
})
const user = z.object({
  id: z.uuid(),
  email: text,
  name: maybe,
  role: text,
  emailVerified: z.boolean(),
  createdAt: moment,
})
const serviceKey = z.object({
  id: z.uuid(),
  hint: text,
  createdAt: moment,
  expiresAt: moment,
  lastUsedAt: moment.nullable(),
})
const serviceAccount = z.object({
  id: z.uuid(),
  name: text,
  scopes: z.array(text),
  createdAt: moment,
  keys: z.array(serviceKey),
})
const grant = z.object({
  accessToken: text,
  refreshToken: text,
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
  session,
})
const revoked = z.object({ revokedCount: z.int() })
const passkey = z.object({
  id: z.uuid(),
  name: text,
  synced: z.boolean(),
  createdAt: moment,
  lastUsedAt: moment.nullable(),
})
const recoveryCodes = z.array(text).nullable()

/** What procedures answer. The compiler holds these to the procedures' own types, and the tests to what is sent. */
export const outputs = {
  'auth.signUp': z.union([z.object({ user, session }), z.object({ user: z.null(), session: z.null() })]),
  'auth.confirmSignUp': z.object({ email: text }),
  'auth.requestPasswordReset': z.object({}),
  'auth.resetPassword': revoked,
  'auth.confirmEmail': z.object({ status: z.enum(['confirmed', 'waiting']), email: text.nullable() }),
  'auth.passwordStrength': z.object({ score: z.int(), problem: text.nullable(), advice: text.nullable() }),
  'auth.current': z.object({ user, session }).nullable(),
  'auth.whoami': z.object({
    userId: z.uuid(),
    sessionId: z.uuid(),
    role: text,
    amr: z.array(text).readonly(),
    accessTokenExpiresAt: moment,
  }),
  'auth.refresh': z.object({ session, accessTokenExpiresAt: moment }),
  'auth.signOut': z.object({ signedOut: z.boolean() }),
  'session.list': z.array(session),
  'session.ended': z.array(endedSession),
  'session.rename': session,
  'session.revoke': revoked,
  'session.revokeOthers': revoked,
  'session.revokeAll': revoked,
  'account.changePassword': revoked,
  'account.reauthenticate': z.object({ authenticatedAt: moment }),
  'account.rename': z.object({ user }),
  'account.sendConfirmation': z.object({ sent: z.boolean() }),
  'account.changeEmail': z.object({}),
  'account.delete': z.object({}),
  'account.credentials': z
    .object({
      passwordChangedAt: moment,
      authenticatorApp: z.object({ createdAt: moment }).nullable(),
      passkeys: z.array(passkey),
      recoveryCodesLeft: z.int(),
      pendingEmail: text.nullable(),
    })
    .nullable(),
  'account.beginAuthenticatorApp': z.object({ secret: text, uri: text }),
  'account.confirmAuthenticatorApp': z.object({ recoveryCodes }),
  'account.removeAuthenticatorApp': z.object({}),
  'account.replaceRecoveryCodes': z.object({ recoveryCodes: z.array(text) }),
  'account.addPasskey': z.object({ passkey, recoveryCodes }),
  'account.renamePasskey': z.object({ passkey }),
  'account.removePasskey': z.object({}),
  'token.issue': grant,
  'token.refresh': grant,
  'token.revoke': z.object({}),
  'service.list': z.array(serviceAccount),
  'service.create': z.object({ account: serviceAccount, key: text }),
  'service.addKey': z.object({ account: serviceAccount, key: text }),
  'service.revokeKey': revoked,
  'service.remove': revoked,
} satisfies { [Path in ProcedurePath]?: z.ZodType<OutputOf<Path>> }

const signedIn = z.object({ status: z.literal('signedIn'), user, session })
const publicKeyOptions = z.object({ challenge: text, timeout: z.int() }).loose()
const events = z.array(z.object({ id: text, kind: text, createdAt: moment }).loose())

/** Answers and events that are described in part: what a procedure says beyond this is in the typed client. */
export const partialOutputs: { [Path in ProcedurePath]?: z.ZodType } = {
  'auth.signIn': z.union([signedIn, z.object({ status: z.literal('secondFactorRequired'), factors: z.array(text) })]),
  'auth.secondFactor': signedIn,
  'auth.signInWithPasskey': signedIn,
  'auth.passkeyOptions': publicKeyOptions,
  'account.beginPasskey': publicKeyOptions,
  'account.activity': z.object({ events, nextCursor: maybe }),
  'session.watch': z.object({ kind: z.enum(['watching', 'opened', 'ended']) }).loose(),
  'revocation.feed': z.object({ sessionIds: z.array(z.uuid()), upToDate: z.boolean() }),
}
