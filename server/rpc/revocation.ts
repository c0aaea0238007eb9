import { tracked } from '@trpc/server'
import { resumption } from './input.ts'
import { live } from './live.ts'
import { revocationsProcedure, router } from './trpc.ts'

/**
 * News for verifiers in other services. `sessionIds` are to be refused from now on; the first event after a start has all that still matter. `upToDate` says that
 * nothing revoked before this event was sent is missing: a reader that has not heard it for longer than it tolerates knows that it is out of date.
 */
export type RevocationEvent = { sessionIds: string[]; upToDate: boolean }

export const revocation = router({
  feed: revocationsProcedure.input(resumption).subscription(({ ctx, input, signal }) => {
    const { feed } = ctx.services
    const pending = new Set<string>()
    let isFirst = true
    let hasRead = feed.isFresh()
    return live(
      ctx,
      { listener: ctx.listener, signal },
      {
        hears(news) {
          if (news.kind === 'revoked') pending.add(news.sessionId)
          if (news.kind === 'read') hasRead = true
          return news.kind === 'revoked' || news.kind === 'read'
        },
        due() {
          // Only now, when nothing new can be missed any more.
          if (isFirst) for (const id of feed.revokedSince(input?.lastEventId ?? null)) pending.add(id)
          isFirst = false
          if (pending.size === 0 && !hasRead) return []
          const event: RevocationEvent = { sessionIds: [...pending], upToDate: hasRead }
          pending.clear()
          hasRead = false
          return [tracked(String(Math.floor(feed.knownUpTo())), event)]
        },
      },
    )
  }),
})
