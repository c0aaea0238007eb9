import { hashKey } from '@tanstack/react-query'
import { endsSession } from './failure.ts'
import { type Current, queryClient, trpc } from './trpc.ts'

/** What one tab tells the others: this browser signed in, its session is over, or the list of devices changed. */
type News = 'began' | 'ended' | 'changed'

const tabs = new BroadcastChannel('latchkey')
const currentKey = trpc.auth.current.queryKey()

/** Called with the reply of a sign-in or sign-up: from now on this browser acts for that user. */
export function beginSession(current: Current): void {
  queryClient.clear()
  queryClient.setQueryData(currentKey, current)
  tell('began')
}

/**
 * Called after a deliberate sign-out. Loads a new document, so that nothing of the account stays in memory.
 * What else was left than this device, the sign-in page says.
 */
export function leave(how: 'here' | 'everywhere' | 'deleted'): void {
  tell('ended')
  window.location.replace(how === 'here' ? '/sign-in' : `/sign-in?signedOut=${how}`)
}

/** Called when the server has ended this browser's session while a page was open; not news to somebody who is just leaving. */
export function sessionEnded(): void {
  const leaving = [trpc.auth.signOut, trpc.session.revokeAll, trpc.account.delete].some((procedure) =>
    queryClient
      .getMutationCache()
      .findAll({ mutationKey: procedure.mutationKey() })
      .some(({ state }) => state.status === 'pending' || state.status === 'success'),
  )
  if (leaving) return
  forgetSession()
  tell('ended')
}

/** Called after devices were signed out or renamed: the lists of this tab and the others are read again. */
export function devicesChanged(): void {
  readDevicesAgain()
  tell('changed')
}

/** Starts following the other tabs, and every reply which says that the session is over. Called once. */
export function followSession(): void {
  tabs.addEventListener('message', ({ data }: MessageEvent<News>) => {
    if (data === 'ended') forgetSession()
    // A new document: the account may be another one, and a page that waits for a sign-in finds its way on its own.
    if (data === 'began') window.location.reload()
    if (data === 'changed') readDevicesAgain()
  })

  queryClient.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error' && endsSession(event.action.error)) forgetSession()
  })
  queryClient.getMutationCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error' && endsSession(event.action.error)) forgetSession()
  })

  // The browser may bring a page back from its memory after the sign-out.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) window.location.reload()
  })
}

/**
 * `auth.current` becoming null is what the signed-in pages watch: they close themselves and offer to sign in again. The rest
 * of what was read for the account is dropped.
 */
function forgetSession(): void {
  if (queryClient.getQueryData(currentKey) === null) return
  queryClient.setQueryData(currentKey, null)
  queryClient.removeQueries({ predicate: ({ queryKey }) => hashKey(queryKey) !== hashKey(currentKey) })
}

function readDevicesAgain(): void {
  void queryClient.invalidateQueries(trpc.session.pathFilter())
  void queryClient.invalidateQueries(trpc.account.pathFilter())
}

function tell(news: News): void {
  tabs.postMessage(news)
}
