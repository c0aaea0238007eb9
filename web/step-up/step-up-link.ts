import { TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable, type Unsubscribable } from '@trpc/server/observable'
import type { Router } from '../../server/rpc/router.ts'
import { readFailure } from '../failure.ts'

/**
 * Has the person prove again who they are; `false` when they would rather not. `typedPassword` is the present password where the
 * blocked call carried it, so that nobody types it twice.
 */
export type Prove = (typedPassword: string | null) => Promise<boolean>

let prove: Prove | null = null
let proving: Promise<boolean> | null = null

/** Says how to ask for a proof. Answers how to stop that. */
export function provideProof(how: Prove): () => void {
  prove = how
  return () => {
    prove = null
    proving = null
  }
}

/** Calls that are blocked at the same time wait for the same proof. */
function proveOnce(how: Prove, typedPassword: string | null): Promise<boolean> {
  proving ??= how(typedPassword).finally(() => {
    proving = null
  })
  return proving
}

function passwordIn(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('currentPassword' in input)) return null
  return typeof input.currentPassword === 'string' ? input.currentPassword : null
}

/**
 * Whatever changes something and is answered with REAUTHENTICATION_REQUIRED waits for a fresh proof and is then asked for once more,
 * so that no page has to know of it. Without a proof the first answer stands.
 */
export const stepUpLink: TRPCLink<Router> =
  () =>
  ({ op, next }) =>
    observable((observer) => {
      let running: Unsubscribable | null = null
      let given = false
      running = next(op).subscribe({
        next: observer.next,
        complete: observer.complete,
        error(blocked) {
          if (prove === null || op.type !== 'mutation' || readFailure(blocked).reason !== 'REAUTHENTICATION_REQUIRED') {
            observer.error(blocked)
            return
          }
          proveOnce(prove, passwordIn(op.input)).then(
            (proven) => {
              if (given) return
              if (proven) running = next(op).subscribe(observer)
              else observer.error(blocked)
            },
            (refused: unknown) => observer.error(refused instanceof TRPCClientError ? refused : blocked),
          )
        },
      })
      return () => {
        given = true
        running?.unsubscribe()
      }
    })
