import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { readFailure } from '../../failure.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx'
import { ExactTime } from '../../shell/exact-time.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { RelativeTime } from '../../shell/relative-time.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { client, type Passkey, trpc } from '../../trpc.ts'
import { isAddedSince, SinceBadge } from './added-since.tsx'
import { focusPanel } from './panel.tsx'
import { PasskeyNameDialog } from './passkey-name-dialog.tsx'
import classes from './security.module.css'
import { goneIsDone, readCredentialsAgain } from './security-changes.ts'

export function PasskeyRow({ passkey, since }: { passkey: Passkey; since: string | null }) {
  const { id: passkeyId, name } = passkey
  const [naming, rename] = useDisclosure(false)
  const [confirming, confirm] = useDisclosure(false)
  const save = useMutation(
    trpc.account.renamePasskey.mutationOptions({
      onSuccess: async ({ passkey: renamed }) => {
        await readCredentialsAgain()
        rename.close()
        toast(text.security.passkeyRenamed(renamed.name))
      },
    }),
  )
  const remove = useMutation({
    mutationFn: () => goneIsDone(client.account.removePasskey.mutate({ passkeyId })),
    onSuccess: async () => {
      await readCredentialsAgain()
      focusPanel('passkeys-title')
      toast(text.security.passkeyRemoved(name))
    },
  })
  return (
    <li className={classes.passkey}>
      <div className={classes.row}>
        <div className={classes.what}>
          <p className={classes.named}>
            <span className={classes.value}>{name}</span>
            <span className={classes.badge}>
              {passkey.synced ? text.security.passkeySynced : text.security.passkeyDeviceBound}
            </span>
            {isAddedSince(passkey.createdAt, since) && <SinceBadge />}
          </p>
          <p className={classes.meta}>
            <ExactTime iso={passkey.createdAt} sentence={text.security.passkeyCreated} />
            {' · '}
            {passkey.lastUsedAt === null ? (
              text.security.passkeyNeverUsed
            ) : (
              <RelativeTime iso={passkey.lastUsedAt} sentence={text.security.passkeyLastUsed} />
            )}
          </p>
        </div>
        <div className={classes.buttons}>
          <Button
            variant="default"
            size="xs"
            aria-label={text.security.passkeyRenameOf(name)}
            onClick={() => {
              save.reset()
              rename.open()
            }}
          >
            {text.security.passkeyRename}
          </Button>
          <BusyButton
            variant="default"
            size="xs"
            c="var(--danger)"
            busy={remove.isPending}
            busyLabel={text.security.removing}
            aria-label={text.security.passkeyRemoveOf(name)}
            onClick={confirm.open}
          >
            {text.security.remove}
          </BusyButton>
        </div>
      </div>
      {remove.isError && (
        <InlineAlert message={text.failure(readFailure(remove.error))} onRetry={() => remove.mutate()} />
      )}
      {naming && (
        <PasskeyNameDialog
          title={text.security.passkeyRenameTitle}
          name={name}
          submitLabel={text.devices.renameSubmit}
          busyLabel={text.devices.renameBusy}
          busy={save.isPending}
          failure={save.isError ? readFailure(save.error) : null}
          onSubmit={(called) => save.mutate({ passkeyId, name: called })}
          onClose={rename.close}
        />
      )}
      {confirming && (
        <ConfirmDialog
          title={text.security.passkeyRemoveTitle(name)}
          body={text.security.passkeyRemoveBody}
          confirm={text.security.remove}
          onConfirm={() => remove.mutate()}
          onClose={confirm.close}
        />
      )}
    </li>
  )
}
