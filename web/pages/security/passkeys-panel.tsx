import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { knowsPasskeys, makePasskey } from '../../credential/passkey.ts'
import { readFailure } from '../../failure.ts'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { client, type Passkey, type Session } from '../../trpc.ts'
import { Panel } from './panel.tsx'
import { PasskeyNameDialog } from './passkey-name-dialog.tsx'
import { PasskeyRow } from './passkey-row.tsx'
import classes from './security.module.css'
import { readCredentialsAgain } from './security-changes.ts'

interface PasskeysPanelProps {
  passkeys: readonly Passkey[]
  since: string | null
  session: Session
  onCodes: (codes: readonly string[]) => void
}

export function PasskeysPanel({ passkeys, since, session, onCodes }: PasskeysPanelProps) {
  const [naming, name] = useDisclosure(false)
  const add = useMutation({
    mutationFn: async (called: string) => {
      const response = await makePasskey()
      return response && client.account.addPasskey.mutate({ response, name: called })
    },
    onSuccess: async (added) => {
      // Whoever changed their mind finds the dialog as they left it.
      if (added === null) return
      await readCredentialsAgain()
      name.close()
      toast(text.security.passkeyAdded(added.passkey.name))
      if (added.recoveryCodes !== null) onCodes(added.recoveryCodes)
    },
  })
  return (
    <Panel id="passkeys-title" title={text.security.passkeys} lead={text.security.passkeysLead}>
      {passkeys.length === 0 ? (
        <p className={classes.meta}>{text.security.passkeysNone}</p>
      ) : (
        <ul className={classes.passkeys} aria-label={text.security.passkeys}>
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} since={since} />
          ))}
        </ul>
      )}
      {knowsPasskeys() ? (
        <div className={classes.buttons}>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => {
              add.reset()
              name.open()
            }}
          >
            {text.security.passkeyAdd}
          </Button>
        </div>
      ) : (
        <p className={classes.meta}>{text.security.passkeysUnknown}</p>
      )}
      {naming && (
        <PasskeyNameDialog
          title={text.security.passkeyAdd}
          body={text.security.passkeyAddBody}
          name={text.devices.device(session.device)}
          submitLabel={text.security.passkeyAddSubmit}
          busyLabel={text.security.passkeyAdding}
          busy={add.isPending}
          failure={add.isError ? readFailure(add.error) : null}
          onSubmit={add.mutate}
          onClose={name.close}
        />
      )}
    </Panel>
  )
}
