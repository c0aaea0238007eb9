/** Who signs in: an e-mail address and password, and how the session is called in the list of devices. */
export type Credentials = { email: string; password: string; deviceName?: string }

/** What a program holds while it is signed in. Keep it like a password. */
export type Tokens = {
  accessToken: string
  /** `null` for service keys: those are exchanged again instead. */
  refreshToken: string | null
  /** Milliseconds since the epoch, by this machine's clock. */
  expiresAt: number
  /** How long the access token was good for when it was issued. */
  lifetimeSeconds: number
}

/** Where tokens outlive the process, if they should. Both may be asynchronous. */
export type TokenStorage = {
  load(): Tokens | null | Promise<Tokens | null>
  /** `null` once the session has ended. */
  save(tokens: Tokens | null): void | Promise<void>
}
