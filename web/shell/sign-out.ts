import { useMutation } from '@tanstack/react-query'
import { readFailure } from '../failure.ts'
import { leave } from '../session-lifecycle.ts'
import { text } from '../text.ts'
import { trpc } from '../trpc.ts'
import { toastFailure } from './toast.tsx'

/** Signs this device out and leaves for the sign-in page. */
export function useSignOut() {
  return useMutation(
    trpc.auth.signOut.mutationOptions({
      onSuccess: () => leave('here'),
      onError: (error) => toastFailure(`${text.shell.signOutFailed} ${text.failure(readFailure(error))}`),
    }),
  )
}
