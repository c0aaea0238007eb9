import { readFailure } from '../../failure.ts'
import { queryClient, trpc } from '../../trpc.ts'

/** Reads again what an account is secured with; resolves when the page shows it. */
export function readCredentialsAgain(): Promise<void> {
  void queryClient.invalidateQueries(trpc.account.activity.pathFilter())
  return queryClient.invalidateQueries(trpc.account.credentials.pathFilter())
}

/** What was to be removed and is gone already is what was asked for. */
export async function goneIsDone(done: Promise<unknown>): Promise<void> {
  try {
    await done
  } catch (error) {
    if (readFailure(error).reason !== 'NOT_FOUND') throw error
  }
}
