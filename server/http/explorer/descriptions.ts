import type { ProcedurePath } from './procedures.ts'

/** What each procedure does, in a sentence for whoever reads the explorer. */
export const descriptions: Partial<Record<ProcedurePath, string>> = {
  'auth.signUp': 'Creates an account and signs this browser in.',
  'auth.signIn': 'Signs this browser in, in place of the session that it has.',
  'auth.current': 'Who is signed in here; null for nobody.',
  'auth.whoami': 'What the access token says, without a query.',
  'auth.refresh': 'Rotates the cookies now.',
  'auth.signOut': 'Ends this session. Always succeeds, always clears the cookies.',
  'session.list': 'Signed-in devices, this one first.',
  'session.ended': 'Devices that were signed out in the last 28 days, and why.',
  'session.rename': 'Names a device.',
  'session.revoke': 'Signs out a device.',
  'session.revokeOthers': 'Signs out every device but this one.',
  'session.revokeAll': 'Signs out every device, this one included.',
  'session.watch': 'Streams devices as they are signed in and out. Resumes after Last-Event-ID.',
  'account.changePassword': 'Changes the password, and signs out other devices unless told otherwise.',
  'account.activity': 'What happened to the account, newest first.',
  'token.issue': 'Signs a program in: tokens in the answer, no cookies.',
  'token.refresh': 'Exchanges a refresh token for the next pair.',
  'token.revoke': 'Ends the session of a refresh token. Always succeeds.',
  'revocation.feed': 'Streams revoked session ids to services. Needs the scope revocations:read, or an administrator.',
  'service.list': 'Your service accounts and their live keys.',
  'service.create': 'Creates a service account and shows its key, once. For administrators.',
  'service.addKey': 'Adds the second key of a service account, to change keys without a gap.',
  'service.revokeKey': 'Revokes a key, and every access token that it was exchanged for.',
  'service.remove': 'Removes a service account with its keys and tokens.',
}
