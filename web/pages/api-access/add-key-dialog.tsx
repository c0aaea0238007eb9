import { Button, NativeSelect } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { readFailure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { text } from '../../text.ts'
import { type ServiceAccount, trpc } from '../../trpc.ts'
import type { FreshKey } from './key-dialog.tsx'
import { lifetimes } from './scopes.ts'
import { keepAccount } from './service-changes.ts'

interface AddKeyDialogProps {
  account: ServiceAccount
  onAdded: (fresh: FreshKey) => void
  onClose: () => void
}

/** A second key beside the first: both work until the old one is revoked. */
export function AddKeyDialog({ account, onAdded, onClose }: AddKeyDialogProps) {
  const [days, setDays] = useState('90')
  const add = useMutation(
    trpc.service.addKey.mutationOptions({
      onSuccess: ({ account: changed, key }) => {
        keepAccount(changed)
        onAdded({ account: changed, text: key })
      },
    }),
  )
  return (
    <Dialog title={text.apiAccess.addKeyTo(account.name)} onClose={onClose}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (!add.isPending) add.mutate({ accountId: account.id, expiresInDays: Number(days) })
        }}
      >
        <p className={dialog.body}>{text.apiAccess.addKeyBody}</p>
        {add.isError && <FailureAlert failure={readFailure(add.error)} secondsLeft={0} />}
        <NativeSelect
          label={text.apiAccess.lifetime}
          data={lifetimes}
          value={days}
          onChange={({ currentTarget }) => setDays(currentTarget.value)}
          data-autofocus
        />
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <BusyButton type="submit" busy={add.isPending} busyLabel={text.apiAccess.creating}>
            {text.apiAccess.addKey}
          </BusyButton>
        </div>
      </form>
    </Dialog>
  )
}
