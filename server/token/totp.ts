import { Secret, TOTP } from 'otpauth'

/** RFC 6238 as every authenticator app knows it: SHA-1, six digits, thirty seconds. */
const period = 30
const settings = { algorithm: 'SHA1', digits: 6, period } as const
/** One step either way: typing takes time, and clocks differ (RFC 6238, 5.2). */
const window = 1

/** A new secret of 160 bits in base 32 (RFC 4226, 4: R6). */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** What an authenticator app reads from a QR code. */
export function totpUri(secret: string, account: string): string {
  return new TOTP({ ...settings, issuer: 'Latchkey', label: account, secret: Secret.fromBase32(secret) }).toString()
}

/** The time step whose code this is, or `null`. `now` is milliseconds since the epoch. */
export function totpStep(secret: string, code: string, now: number): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const totp = new TOTP({ ...settings, secret: Secret.fromBase32(secret) })
  const delta = totp.validate({ token: code, timestamp: now, window })
  return delta === null ? null : Math.floor(now / 1000 / period) + delta
}
