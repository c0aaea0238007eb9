import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { lazyRouteComponent } from '@tanstack/react-router'
import { Suspense } from 'react'
import { readFailure } from '../../failure.ts'
import { code } from '../../page-code.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx'
import { ExactTime } from '../../shell/exact-time.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { type Credentials, client, trpc } from '../../trpc.ts'
import { isAddedSince, SinceBadge } from './added-since.tsx'
import { focusPanel, Panel } from './panel.tsx'
import classes from './security.module.css'
import { goneIsDone, readCredentialsAgain } from './security-changes.ts'

const AuthenticatorAppDialog = lazyRouteComponent(
  code(() => import('./authenticator-app-dialog.tsx')),
  'AuthenticatorAppDialog',
)

const titleId = 'app-title'

interface AuthenticatorAppPanelProps {
  app: Credentials['authenticatorApp']
  since: string | null
  onCodes: (codes: readonly string[]) => void
}

export function AuthenticatorAppPanel({ app, since, onCodes }: AuthenticatorAppPanelProps) {
  const [confirming, confirm] = useDisclosure(false)
  const begin = useMutation(trpc.account.beginAuthenticatorApp.mutationOptions())
  const remove = useMutation({
    mutationFn: () => goneIsDone(client.account.removeAuthenticatorApp.mutate()),
    onSuccess: async () => {
      await readCredentialsAgain()
      focusPanel(titleId)
      toast(text.security.appRemoved)
    },
  })
  const failed = [begin, remove].find(({ isError }) => isError)
  return (
    <Panel id={titleId} title={text.security.app} lead={text.security.appLead}>
      <div className={classes.row}>
        <p className={classes.what}>
          {app === null ? (
            <span className={classes.meta}>{text.security.appOff}</span>
          ) : (
            <span className={classes.named}>
              <ExactTime iso={app.createdAt} sentence={text.security.appOn} />
              {isAddedSince(app.createdAt, since) && <SinceBadge />}
            </span>
          )}
        </p>
        <div className={classes.buttons}>
          {app === null ? (
            <BusyButton
              busy={begin.isPending}
              busyLabel={text.security.appPreparing}
              aria-label={begin.isPending ? undefined : text.security.appSetUpOf}
              onClick={() => {
                remove.reset()
                begin.mutate()
              }}
            >
              {text.security.appSetUp}
            </BusyButton>
          ) : (
            <BusyButton
              variant="default"
              c="var(--danger)"
              busy={remove.isPending}
              busyLabel={text.security.removing}
              aria-label={remove.isPending ? undefined : text.security.appRemoveOf}
              onClick={confirm.open}
            >
              {text.security.remove}
            </BusyButton>
          )}
        </div>
      </div>
      {failed !== undefined && (
        <InlineAlert message={text.failure(readFailure(failed.error))} onRetry={() => failed.mutate()} />
      )}
      {begin.isSuccess && (
        <Suspense fallback={null}>
          <AuthenticatorAppDialog
            begun={begin.data}
            onClose={begin.reset}
            onConfirmed={async (codes) => {
              await readCredentialsAgain()
              begin.reset()
              if (codes !== null) return onCodes(codes)
              focusPanel(titleId)
              toast(text.security.appAdded)
            }}
          />
        </Suspense>
      )}
      {confirming && (
        <ConfirmDialog
          title={text.security.appRemoveTitle}
          body={text.security.appRemoveBody}
          confirm={text.security.remove}
          onConfirm={() => {
            begin.reset()
            remove.mutate()
          }}
          onClose={confirm.close}
        />
      )}
    </Panel>
  )
}
