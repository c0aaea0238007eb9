import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { readFailure } from '../../failure.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import { Panel } from './panel.tsx'
import classes from './security.module.css'
import { readCredentialsAgain } from './security-changes.ts'

export const codesInSet = 10
const few = 3

interface RecoveryCodesPanelProps {
  left: number
  onCodes: (codes: readonly string[]) => void
}

export function RecoveryCodesPanel({ left, onCodes }: RecoveryCodesPanelProps) {
  const [confirming, confirm] = useDisclosure(false)
  const replace = useMutation(
    trpc.account.replaceRecoveryCodes.mutationOptions({
      onSuccess: ({ recoveryCodes }) => {
        onCodes(recoveryCodes)
        return readCredentialsAgain()
      },
    }),
  )
  return (
    <Panel id="codes-title" title={text.security.codes} lead={text.security.codesLead}>
      <div className={classes.row}>
        <div className={classes.what}>
          <p>{text.security.codesLeft(left, codesInSet)}</p>
          {left <= few && <p className={classes.meta}>{text.security.codesLow}</p>}
        </div>
        <div className={classes.buttons}>
          <BusyButton
            variant="default"
            busy={replace.isPending}
            busyLabel={text.security.codesMaking}
            aria-label={replace.isPending ? undefined : text.security.codesNewOf}
            onClick={confirm.open}
          >
            {text.security.codesNew}
          </BusyButton>
        </div>
      </div>
      {replace.isError && (
        <InlineAlert message={text.failure(readFailure(replace.error))} onRetry={() => replace.mutate()} />
      )}
      {confirming && (
        <ConfirmDialog
          title={text.security.codesNewTitle}
          body={text.security.codesNewBody}
          confirm={text.security.codesNew}
          onConfirm={() => replace.mutate()}
          onClose={confirm.close}
        />
      )}
    </Panel>
  )
}
