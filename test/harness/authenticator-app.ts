import { Secret, TOTP } from 'otpauth'
import type { TestBrowser } from './test-browser.ts'
import type { TestClock } from './test-clock.ts'

/** The code that an authenticator app with this secret shows at a moment, in milliseconds since the epoch. */
export function codeAt(secret: string, moment: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: moment })
}

/** Sets an authenticator app up for whoever is signed in, and answers its secret and the recovery codes. The code of this moment is spent. */
export async function withAuthenticatorApp(browser: TestBrowser, clock: TestClock) {
  const { secret } = await browser.api.account.beginAuthenticatorApp.mutate()
  const code = codeAt(secret, clock.now())
  const { recoveryCodes } = await browser.api.account.confirmAuthenticatorApp.mutate({ code })
  return { secret, recoveryCodes: recoveryCodes ?? [], code: () => codeAt(secret, clock.now()) }
}
