import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import type { inferRouterOutputs } from '@trpc/server'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { Router } from '../server/rpc/router.ts'
import { readFailure } from './failure.ts'
import { stepUpLink } from './step-up/step-up-link.ts'

type Yielded<Stream> = Stream extends AsyncIterable<infer Item> ? Item : never
type Outputs = inferRouterOutputs<Router>
export type Current = NonNullable<Outputs['auth']['current']>
export type User = Current['user']
export type Session = Outputs['session']['list'][number]
/** What `session.watch` tells of this person's devices. */
export type DeviceEvent = Yielded<Outputs['session']['watch']>['data']
export type Credentials = NonNullable<Outputs['account']['credentials']>
export type Passkey = Credentials['passkeys'][number]
export type Policy = Outputs['account']['policies'][number]
export type ListedUser = Outputs['admin']['users']['users'][number]
export type UserDetail = Outputs['admin']['user']
export type AnySession = Outputs['admin']['sessions']['sessions'][number]
export type AuditEvent = Outputs['admin']['audit']['events'][number]
export type SigningKey = Outputs['admin']['signingKeys'][number]
export type ServiceAccount = Outputs['service']['list'][number]
export type SecurityEvent = Outputs['account']['activity']['events'][number]

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Long enough that a page does not ask again for what its route has just fetched.
      staleTime: 1_000,
      retry: (count, error) =>
        count < 2 && ['NO_CONNECTION', 'TEMPORARILY_UNAVAILABLE'].includes(readFailure(error).reason),
    },
    // Never held back until the connection returns: a sign-out that waits unseen is worse than one that fails aloud.
    mutations: { networkMode: 'always' },
  },
})

// Replies set cookies, so the link must be one whose headers are sent after every procedure of the batch has finished:
// never a streaming one.
export const client = createTRPCClient<Router>({
  links: [
    stepUpLink,
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ url: '/trpc' }),
      false: httpBatchLink({ url: '/trpc', maxItems: 10 }),
    }),
  ],
})

export const trpc = createTRPCOptionsProxy<Router>({ client, queryClient })
