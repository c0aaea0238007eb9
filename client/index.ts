export type { CallOptions, LatchkeyApi, Mutation, Observer, Query, Subscription } from './api.ts'
export {
  type ErrorShape,
  type Failure,
  failureOf,
  LatchkeyError,
  type Reason,
  type RefusedReason,
  type RetryableReason,
  type SessionEndedReason,
} from './failure.ts'
export {
  createSessionClient,
  type Identity,
  type SessionClient,
  type SessionClientOptions,
} from './session/session-client.ts'
export type { Credentials, TokenStorage, Tokens } from './session/token-storage.ts'
export { type Caller, permits, type Requirement } from './verify/caller.ts'
export type { TokenRefusal } from './verify/token-refusal.ts'
export {
  createVerifier,
  type RevocationOptions,
  type Verification,
  type Verifier,
  type VerifierOptions,
} from './verify/verifier.ts'
export type { Device, EndedSession, ServiceAccount, Session, User } from './views.ts'
