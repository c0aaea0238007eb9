import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey } from '@tabler/icons-react'
import { readFailure } from '../../failure.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx'
import { ExactTime } from '../../shell/exact-time.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import page from '../../shell/page.module.css'
import { text } from '../../text.ts'
import type { ServiceAccount } from '../../trpc.ts'
import { AddKeyDialog } from './add-key-dialog.tsx'
import classes from './api-access.module.css'
import type { FreshKey } from './key-dialog.tsx'
import { KeyRow } from './key-row.tsx'
import { cardId, useRemoveAccount } from './service-changes.ts'

const keysAtOnce = 2

interface AccountCardProps {
  account: ServiceAccount
  mayAddKeys: boolean
  onFreshKey: (fresh: FreshKey) => void
}

export function AccountCard({ account, mayAddKeys, onFreshKey }: AccountCardProps) {
  const [adding, add] = useDisclosure(false)
  const [confirming, confirm] = useDisclosure(false)
  const remove = useRemoveAccount(account)
  const titleId = `account-${account.id}`
  return (
    <li id={cardId(account)} tabIndex={-1} className={`${page.card} ${classes.account}`} aria-labelledby={titleId}>
      <div className={classes.head}>
        <div className={classes.identity}>
          <h2 id={titleId} className={classes.name}>
            {account.name}
          </h2>
          <p className={classes.meta}>
            {text.apiAccess.clientId} <code className={classes.code}>{account.id}</code>
          </p>
          <p className={classes.meta}>
            <ExactTime iso={account.createdAt} sentence={text.apiAccess.created} />
          </p>
          <ul className={classes.scopes} aria-label={text.apiAccess.scopes}>
            {account.scopes.map((scope) => (
              <li key={scope} className={classes.scope}>
                {scope}
              </li>
            ))}
          </ul>
        </div>
        <div className={classes.actions}>
          {mayAddKeys && account.keys.length < keysAtOnce && (
            <Button
              variant="default"
              leftSection={<IconKey size={16} aria-hidden />}
              aria-label={text.apiAccess.addKeyTo(account.name)}
              onClick={add.open}
            >
              {text.apiAccess.addKey}
            </Button>
          )}
          <BusyButton
            variant="default"
            c="var(--danger)"
            busy={remove.isPending || remove.isSuccess}
            busyLabel={text.apiAccess.removing}
            aria-label={text.apiAccess.removeOf(account.name)}
            onClick={confirm.open}
          >
            {text.apiAccess.remove}
          </BusyButton>
        </div>
      </div>
      {remove.isError && (
        <InlineAlert message={text.failure(readFailure(remove.error))} onRetry={() => remove.mutate()} />
      )}
      {account.keys.length === 0 ? (
        <p className={classes.noKeys}>{text.apiAccess.noKeys}</p>
      ) : (
        <ul className={classes.keys} aria-label={text.apiAccess.keysOf(account.name)}>
          {account.keys.map((key) => (
            <KeyRow key={key.id} accountKey={key} account={account} />
          ))}
        </ul>
      )}
      {account.keys.length === keysAtOnce && <p className={classes.hint}>{text.apiAccess.overlap}</p>}
      {adding && (
        <AddKeyDialog
          account={account}
          onClose={add.close}
          onAdded={(fresh) => {
            add.close()
            onFreshKey(fresh)
          }}
        />
      )}
      {confirming && (
        <ConfirmDialog
          title={text.apiAccess.removeTitle(account.name)}
          body={text.apiAccess.removeBody(account.keys.length)}
          confirm={text.apiAccess.remove}
          onConfirm={() => remove.mutate()}
          onClose={confirm.close}
        />
      )}
    </li>
  )
}
