import { useMutation } from '@tanstack/react-query'
import { readFailure } from '../../failure.ts'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { client, queryClient, type ServiceAccount, trpc } from '../../trpc.ts'

/** The id of an account's card in the document, for moving the focus to it. */
export function cardId({ id }: { id: string }): string {
  return `service-${id}`
}

/** Puts an account as the server has just told it into the list. */
export function keepAccount(account: ServiceAccount): void {
  queryClient.setQueryData(trpc.service.list.queryKey(), (accounts = []) =>
    accounts.some(({ id }) => id === account.id)
      ? accounts.map((one) => (one.id === account.id ? account : one))
      : [...accounts, account],
  )
  readAgain()
}

/** Revokes one key. One that is gone already is what was asked for. */
export function useRevokeKey(key: ServiceAccount['keys'][number], account: ServiceAccount) {
  return useMutation({
    mutationFn: () => goneIsDone(client.service.revokeKey.mutate({ keyId: key.id })),
    onSuccess: () => {
      // The button that asked for it goes with the row of the key.
      document.getElementById(cardId(account))?.focus()
      keepAccount({ ...account, keys: account.keys.filter(({ id }) => id !== key.id) })
      toast(text.apiAccess.revoked(text.apiAccess.keyName(key.hint)))
    },
  })
}

/** Removes a service account with its keys. */
export function useRemoveAccount(account: ServiceAccount) {
  return useMutation({
    mutationFn: () => goneIsDone(client.service.remove.mutate({ accountId: account.id })),
    onSuccess: () => {
      document.getElementById('page-title')?.focus()
      queryClient.setQueryData(trpc.service.list.queryKey(), (accounts) =>
        accounts?.filter(({ id }) => id !== account.id),
      )
      toast(text.apiAccess.removed(account.name))
      readAgain()
    },
  })
}

async function goneIsDone(done: Promise<unknown>): Promise<void> {
  try {
    await done
  } catch (error) {
    if (readFailure(error).reason !== 'NOT_FOUND') throw error
  }
}

function readAgain(): void {
  void queryClient.invalidateQueries(trpc.service.pathFilter())
  void queryClient.invalidateQueries(trpc.account.pathFilter())
}
