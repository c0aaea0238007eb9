import { notFound } from '@tanstack/react-router'
import { endsSession } from '../../failure.ts'
import { type Policy, queryClient, trpc } from '../../trpc.ts'

/** What the person may do beyond their own account; asked for once in a while, as a change of role ends every session. */
export const policiesQuery = trpc.account.policies.queryOptions(undefined, { staleTime: 300_000 })

/** To whoever lacks the policy, the page does not exist. Whoever is signed out is told so by the layout. */
export async function requirePolicy(policy: Policy): Promise<void> {
  const current = await queryClient.ensureQueryData(trpc.auth.current.queryOptions())
  if (current === null) return
  if (current.user.role === 'user') throw notFound()
  try {
    const policies = await queryClient.ensureQueryData(policiesQuery)
    if (!policies.includes(policy)) throw notFound()
  } catch (error) {
    if (!endsSession(error)) throw error
  }
}

/** After an act, everything that may show it is read again. */
export function readAdminAgain(): void {
  void queryClient.invalidateQueries(trpc.admin.pathFilter())
}
