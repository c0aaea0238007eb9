import { type Operation, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { failureOf } from '../failure.ts'
import type { LatchkeyRouter } from '../router.ts'
import type { TokenHolder } from './tokens.ts'

/** Where a call's access token travels from this link to the one that sends it. */
export const accessTokenKey = 'latchkeyAccessToken'

/** Calls that begin or end a session by what is in their input. */
const withoutToken = /^(token\.|auth\.(signIn|signUp)$)/

/** The same subscription, from the last event that arrived on. */
function resumed(op: Operation, lastEventId: string | null): Operation {
  if (lastEventId === null) return op
  return { ...op, input: { ...(op.input as object | undefined), lastEventId } }
}

/**
 * Gives every call a good access token, and one more try with a fresh one when that is refused as unknown or expired. A session that has been ended is not
 * tried again.
 */
export function sessionLink(tokens: TokenHolder): TRPCLink<LatchkeyRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let subscription: { unsubscribe(): void } | undefined
        let isClosed = false
        let lastEventId: string | null = null

        function send(accessToken: string | null, mayRetry: boolean): void {
          if (isClosed) return
          const attempt = { ...resumed(op, lastEventId), context: { ...op.context, [accessTokenKey]: accessToken } }
          subscription = next(attempt).subscribe({
            next(value) {
              if ('id' in value.result && typeof value.result.id === 'string') lastEventId = value.result.id
              observer.next(value)
            },
            complete: () => observer.complete(),
            error(error) {
              const { reason, sessionEnded } = failureOf(error)
              if (accessToken === null || !sessionEnded) observer.error(error)
              else if (reason === 'NOT_SIGNED_IN' && mayRetry) begin(tokens.renew(accessToken), false)
              else void tokens.drop(failureOf(error)).then(() => observer.error(error))
            },
          })
        }

        function begin(accessToken: Promise<string | null>, mayRetry: boolean): void {
          accessToken.then(
            (text) => send(text, mayRetry),
            (error: unknown) => observer.error(TRPCClientError.from(error as Error)),
          )
        }

        begin(withoutToken.test(op.path) ? Promise.resolve(null) : tokens.current(), true)
        return () => {
          isClosed = true
          subscription?.unsubscribe()
        }
      })
}
