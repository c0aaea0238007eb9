import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { readFailure } from '../../failure.ts'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { Notice } from '../../shell/notice.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { client, trpc } from '../../trpc.ts'
import { ActDialog } from './act-dialog.tsx'
import { sessionFilter } from './admin-queries.ts'
import type { SessionSearch } from './admin-search.ts'

const words = text.admin.sessions

interface SignOutManyDialogProps {
  search: SessionSearch
  onClose: () => void
}

/** Says exactly how many, and signs out those or nobody: when there are more or fewer by then, it says so and asks again. */
export function SignOutManyDialog({ search, onClose }: SignOutManyDialogProps) {
  const filter = sessionFilter(search)
  const counted = useQuery({ ...trpc.admin.countSessions.queryOptions({ filter }), gcTime: 0, staleTime: Infinity })
  const [changedTo, setChangedTo] = useState<number | null>(null)
  if (counted.data === undefined || counted.data.count === 0)
    return (
      <Dialog title={counted.data ? words.manyTitle(0) : words.counting} onClose={onClose}>
        {counted.isError ? (
          <InlineAlert message={text.failure(readFailure(counted.error))} onRetry={() => void counted.refetch()} />
        ) : (
          <p className={dialog.body}>{counted.data ? words.manyNone : text.loading}</p>
        )}
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {text.cancel}
          </Button>
        </div>
      </Dialog>
    )
  const count = changedTo ?? counted.data.count
  const leftOut = counted.data.total - counted.data.count
  return (
    <ActDialog
      title={words.manyTitle(count)}
      body={
        <>
          {changedTo !== null && <Notice>{words.manyChanged(changedTo)}</Notice>}
          {Object.keys(filter).length === 0 && <p>{words.manyAll}</p>}
          <p>{words.manyBody}</p>
          {leftOut > 0 && <p>{words.manyLeftOut(leftOut)}</p>}
        </>
      }
      confirm={words.manyConfirm(count)}
      busy={words.manyBusy}
      harm
      told={false}
      act={(reason) => client.admin.revokeSessions.mutate({ filter, expectedCount: count, reason })}
      onDone={(result) => {
        if (result.status === 'revoked') {
          toast(words.manyDone(result.revokedCount))
          return true
        }
        setChangedTo(result.count)
        return false
      }}
      onClose={onClose}
    />
  )
}
