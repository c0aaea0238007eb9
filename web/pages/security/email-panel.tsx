import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { readFailure } from '../../failure.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { Notice } from '../../shell/notice.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { queryClient, trpc, type User } from '../../trpc.ts'
import { ChangeEmailDialog } from './change-email-dialog.tsx'
import { ConfirmedBadge, Panel } from './panel.tsx'
import classes from './security.module.css'

interface EmailPanelProps {
  user: User
  /** The address that the account moves to when both links have been used. */
  pendingEmail: string | null
}

export function EmailPanel({ user, pendingEmail }: EmailPanelProps) {
  const [changing, change] = useDisclosure(false)
  const confirm = useMutation(
    trpc.account.sendConfirmation.mutationOptions({
      onSuccess: ({ sent }) => {
        toast(sent ? text.security.confirmationSent(user.email) : text.security.confirmationNeedless)
        if (!sent) void queryClient.invalidateQueries(trpc.auth.current.pathFilter())
      },
    }),
  )
  return (
    <Panel id="email-title" title={text.security.email} lead={text.security.emailLead}>
      <p className={classes.named}>
        <span className={classes.value}>{user.email}</span>
        <ConfirmedBadge confirmed={user.emailVerified} />
      </p>
      {pendingEmail !== null && <Notice>{text.security.emailPending(pendingEmail)}</Notice>}
      {confirm.isError && (
        <InlineAlert message={text.failure(readFailure(confirm.error))} onRetry={() => confirm.mutate()} />
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={change.open}>
          {text.security.changeEmail}
        </Button>
        {!user.emailVerified && (
          <BusyButton
            variant="default"
            busy={confirm.isPending}
            busyLabel={text.security.sendingConfirmation}
            onClick={() => confirm.mutate()}
          >
            {text.security.sendConfirmation}
          </BusyButton>
        )}
      </div>
      {changing && <ChangeEmailDialog onClose={change.close} />}
    </Panel>
  )
}
