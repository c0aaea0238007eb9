import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import { code } from '../page-code.ts'
import { client } from '../trpc.ts'
import { PasskeyFailed } from './passkey-failed.ts'

const load = code(() => import('@simplewebauthn/browser'))

/** Whether this browser knows passkeys at all. */
export const knowsPasskeys = (): boolean => 'PublicKeyCredential' in window

/** What one of this person's passkeys answers to a fresh challenge; `null` when they changed their mind. */
export async function askPasskey() {
  const { startAuthentication } = await load()
  const optionsJSON = await client.auth.passkeyOptions.mutate()
  return unlessCancelled(() => startAuthentication({ optionsJSON }))
}

/** What a new passkey answers to a fresh challenge; `null` when they changed their mind. */
export async function makePasskey() {
  const { startRegistration } = await load()
  const options = await client.account.beginPasskey.mutate()
  // The server passes on the transports that the browser told it, and knows no list of them.
  const optionsJSON = options as PublicKeyCredentialCreationOptionsJSON
  return unlessCancelled(() => startRegistration({ optionsJSON }))
}

async function unlessCancelled<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask()
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (name === 'NotAllowedError' || name === 'AbortError') return null
    throw new PasskeyFailed(name === 'InvalidStateError' ? 'PASSKEY_EXISTS' : 'PASSKEY_FAILED', error)
  }
}
