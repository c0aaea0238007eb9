import { type ComponentType, useEffect, useState } from 'react'
import { factorsOf } from '../credential/factors.ts'
import { readFailure } from '../failure.ts'
import { code } from '../page-code.ts'
import { client, queryClient, trpc, type User } from '../trpc.ts'
import type { StepUpDialogProps } from './step-up-dialog.tsx'
import { provideProof } from './step-up-link.ts'

const loadDialog = code(() => import('./step-up-dialog.tsx'))

type Question = StepUpDialogProps & { Dialog: ComponentType<StepUpDialogProps> }

/** Asks for a fresh proof of who somebody is, whenever a call of any page needs one. */
export function StepUp({ user: { email } }: { user: User }) {
  const [question, setQuestion] = useState<Question | null>(null)
  useEffect(
    () =>
      provideProof(async (typedPassword) => {
        if (typedPassword !== null && (await isEnough(typedPassword))) return true
        const [{ StepUpDialog: Dialog }, credentials] = await Promise.all([
          loadDialog(),
          queryClient.fetchQuery(trpc.account.credentials.queryOptions()),
        ])
        const factors = credentials === null ? [] : factorsOf(credentials)
        return new Promise((resolve) => {
          const onAnswer = (proven: boolean) => {
            setQuestion(null)
            resolve(proven)
          }
          setQuestion({ Dialog, typedPassword, email, factors, onAnswer })
        })
      }),
    [email],
  )
  if (question === null) return null
  const { Dialog, ...props } = question
  return <Dialog {...props} />
}

/** Whether the password alone is a proof. A wrong one is thrown, as the answer to whoever typed it. */
async function isEnough(password: string): Promise<boolean> {
  try {
    await client.account.reauthenticate.mutate({ password })
    return true
  } catch (error) {
    if (readFailure(error).reason === 'SECOND_FACTOR_REQUIRED') return false
    throw error
  }
}
