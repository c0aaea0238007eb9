import type { HTTPLinkOptions } from '@trpc/client'
import type { AnyTRPCClientTypes } from '@trpc/server'
import type { Fetch } from './fetch.ts'

/** `fetch` as tRPC's links call it. */
export function forLinks(fetch: Fetch): NonNullable<HTTPLinkOptions<AnyTRPCClientTypes>['fetch']> {
  return (url, init) => fetch(String(url), init as RequestInit)
}
