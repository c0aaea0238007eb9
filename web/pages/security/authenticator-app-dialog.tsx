import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { CodeForm } from '../../credential/code-form.tsx'
import { readFailure } from '../../failure.ts'
import { useCountdown } from '../../form/countdown.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import form from '../../form/form.module.css'
import { CopyButton } from '../../shell/copy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import classes from './authenticator-app-dialog.module.css'
import { QrCode } from './qr-code.tsx'

interface AuthenticatorAppDialogProps {
  /** The secret in base 32, and the same as an address that the app reads. */
  begun: { secret: string; uri: string }
  /** With the recovery codes, when this is the first factor of the account. */
  onConfirmed: (codes: readonly string[] | null) => Promise<void>
  onClose: () => void
}

export function AuthenticatorAppDialog({ begun, onConfirmed, onClose }: AuthenticatorAppDialogProps) {
  const [refusals, setRefusals] = useState(0)
  const countdown = useCountdown()
  const confirm = useMutation(
    trpc.account.confirmAuthenticatorApp.mutationOptions({
      onSuccess: ({ recoveryCodes }) => onConfirmed(recoveryCodes),
      onError: (error) => {
        countdown.startFrom(readFailure(error))
        setRefusals((before) => before + 1)
      },
    }),
  )
  const failure = confirm.isError ? readFailure(confirm.error) : null
  const wrongCode = failure?.reason === 'CODE_NOT_ACCEPTED' ? text.failure(failure) : null
  return (
    <Dialog title={text.security.appTitle} onClose={onClose}>
      <p className={dialog.body}>{text.security.appScan}</p>
      <div className={`${form.form} ${dialog.content}`}>
        <QrCode content={begun.uri} label={text.security.appQr} />
        <div>
          <p className={classes.keyLabel}>{text.security.appKey}</p>
          <div className={classes.key}>
            <code>{begun.secret.replace(/.{4}(?=.)/g, '$& ')}</code>
            <CopyButton value={begun.secret} label={text.security.copyKey} />
          </div>
          <a href={begun.uri} className={classes.open}>
            {text.security.appOpen}
          </a>
        </div>
        {failure !== null && wrongCode === null && (
          <FailureAlert failure={failure} secondsLeft={countdown.secondsLeft} />
        )}
        <CodeForm
          key={refusals}
          kind="authenticatorApp"
          busy={confirm.isPending}
          problem={wrongCode}
          submitLabel={text.security.appConfirm}
          onSubmit={({ code }) => {
            if (!confirm.isPending && countdown.secondsLeft === 0) confirm.mutate({ code })
          }}
        />
      </div>
    </Dialog>
  )
}
