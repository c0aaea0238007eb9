import { useDisclosure } from '@mantine/hooks'
import { readFailure } from '../../failure.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx'
import { ExactTime } from '../../shell/exact-time.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { useNow } from '../../shell/now.ts'
import { RelativeTime } from '../../shell/relative-time.tsx'
import { text } from '../../text.ts'
import type { ServiceAccount } from '../../trpc.ts'
import classes from './api-access.module.css'
import { useRevokeKey } from './service-changes.ts'

const soonMs = 14 * 86_400_000

interface KeyRowProps {
  accountKey: ServiceAccount['keys'][number]
  account: ServiceAccount
}

/** What tells one key from another: the ends of it, and when it was made, used and will end. */
export function KeyRow({ accountKey: key, account }: KeyRowProps) {
  const [confirming, confirm] = useDisclosure(false)
  const revoke = useRevokeKey(key, account)
  const now = useNow(3_600_000)
  const name = text.apiAccess.keyName(key.hint)
  const endsSoon = new Date(key.expiresAt).getTime() - now < soonMs
  return (
    <li className={classes.key}>
      <div className={classes.identity}>
        <p>
          <code className={classes.code}>{name}</code>{' '}
          {endsSoon && <span className={classes.soon}>{text.apiAccess.expiresSoon}</span>}
        </p>
        <p className={classes.meta}>
          {key.lastUsedAt === null ? (
            text.apiAccess.neverUsed
          ) : (
            <RelativeTime iso={key.lastUsedAt} sentence={text.apiAccess.lastUsed} />
          )}
          {' · '}
          <RelativeTime iso={key.expiresAt} sentence={text.apiAccess.expires} />
          {' · '}
          <ExactTime iso={key.createdAt} sentence={text.apiAccess.created} />
        </p>
      </div>
      <BusyButton
        variant="default"
        size="xs"
        busy={revoke.isPending || revoke.isSuccess}
        busyLabel={text.apiAccess.revoking}
        aria-label={text.apiAccess.revokeOf(name, account.name)}
        onClick={confirm.open}
      >
        {text.apiAccess.revoke}
      </BusyButton>
      {revoke.isError && (
        <div className={classes.wide}>
          <InlineAlert message={text.failure(readFailure(revoke.error))} onRetry={() => revoke.mutate()} />
        </div>
      )}
      {confirming && (
        <ConfirmDialog
          title={text.apiAccess.revokeTitle(name)}
          body={text.apiAccess.revokeBody}
          confirm={text.apiAccess.revoke}
          onConfirm={() => revoke.mutate()}
          onClose={confirm.close}
        />
      )}
    </li>
  )
}
