import type { Credentials } from '../trpc.ts'

/** What can complete a proof whose password was right. */
export type Factor = 'authenticatorApp' | 'passkey' | 'recoveryCode'

/** What somebody typed to complete it. */
export type TypedCode = { kind: 'authenticatorApp' | 'recoveryCode'; code: string }

/** The second factors among somebody's credentials, as the server counts them: recovery codes stand in for another, never alone. */
export function factorsOf({ authenticatorApp, passkeys, recoveryCodesLeft }: Credentials): Factor[] {
  if (authenticatorApp === null && passkeys.length === 0) return []
  return [
    ...(authenticatorApp !== null ? (['authenticatorApp'] as const) : []),
    ...(passkeys.length > 0 ? (['passkey'] as const) : []),
    ...(recoveryCodesLeft > 0 ? (['recoveryCode'] as const) : []),
  ]
}
