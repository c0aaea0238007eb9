import { useMutation } from '@tanstack/react-query'
import { askPasskey } from '../../credential/passkey.ts'
import { type Current, client } from '../../trpc.ts'

/** Signs in with nothing but a passkey. Whoever changes their mind stays where they were, and nothing is said. */
export function useSignInWithPasskey(deviceName: string, onSignedIn: (current: Current) => void) {
  return useMutation({
    mutationFn: async () => {
      const response = await askPasskey()
      if (response === null) return null
      const called = deviceName.trim()
      return client.auth.signInWithPasskey.mutate({ response, ...(called !== '' && { deviceName: called }) })
    },
    onSuccess: (signedIn) => {
      if (signedIn !== null) onSignedIn(signedIn)
    },
  })
}
