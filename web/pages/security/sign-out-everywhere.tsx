import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { readFailure } from '../../failure.ts'
import { leave } from '../../session-lifecycle.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import classes from './security.module.css'

export function SignOutEverywhere() {
  const [confirming, confirm] = useDisclosure(false)
  const revokeAll = useMutation(trpc.session.revokeAll.mutationOptions({ onSuccess: () => leave('everywhere') }))
  return (
    <>
      <div className={classes.danger}>
        <div className={classes.dangerText}>
          <h3 className={classes.title}>{text.security.everywhere}</h3>
          <p className={classes.lead}>{text.security.everywhereLead}</p>
        </div>
        <BusyButton
          color="red"
          variant="outline"
          className={classes.action}
          busy={revokeAll.isPending || revokeAll.isSuccess}
          busyLabel={text.security.everywhereBusy}
          onClick={confirm.open}
        >
          {text.security.everywhere}
        </BusyButton>
        {revokeAll.isError && (
          <InlineAlert
            message={`${text.security.everywhereFailed} ${text.failure(readFailure(revokeAll.error))}`}
            onRetry={() => revokeAll.mutate()}
          />
        )}
      </div>
      {confirming && (
        <ConfirmDialog
          title={text.security.everywhereTitle}
          body={text.security.everywhereBody}
          confirm={text.security.everywhere}
          onConfirm={() => revokeAll.mutate()}
          onClose={confirm.close}
        />
      )}
    </>
  )
}
