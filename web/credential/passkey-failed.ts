/** The browser or its authenticator could not do what was asked. Changing one's mind is no failure. */
export class PasskeyFailed extends Error {
  readonly reason: 'PASSKEY_FAILED' | 'PASSKEY_EXISTS'

  constructor(reason: 'PASSKEY_FAILED' | 'PASSKEY_EXISTS', cause: unknown) {
    super(`Passkey: ${reason}`, { cause })
    this.reason = reason
  }
}
