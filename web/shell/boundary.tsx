import { QueryErrorResetBoundary } from '@tanstack/react-query'
import { CatchBoundary } from '@tanstack/react-router'
import { type ReactNode, Suspense } from 'react'
import { ErrorCard } from './error-card.tsx'

interface BoundaryProps {
  fallback: ReactNode
  children: ReactNode
}

/** Around everything that reads from the server: shows `fallback` while it waits, and an error card when it fails. */
export function Boundary({ fallback, children }: BoundaryProps) {
  return (
    <QueryErrorResetBoundary>
      {({ reset: readAgain }) => (
        <CatchBoundary
          getResetKey={() => 'same'}
          errorComponent={({ error, reset }) => (
            <ErrorCard
              error={error}
              onRetry={() => {
                readAgain()
                reset()
              }}
            />
          )}
        >
          <Suspense fallback={fallback}>{children}</Suspense>
        </CatchBoundary>
      )}
    </QueryErrorResetBoundary>
  )
}
