import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Notice } from '../../shell/notice.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import { AccountCard } from './account-card.tsx'
import classes from './api-access.module.css'
import { CreateAccountDialog } from './create-account-dialog.tsx'
import { type FreshKey, KeyDialog } from './key-dialog.tsx'

/** The service accounts that this person answers for. */
export function AccountList() {
  const { data: accounts } = useSuspenseQuery(trpc.service.list.queryOptions())
  const { data: current } = useSuspenseQuery(trpc.auth.current.queryOptions())
  const [creating, setCreating] = useState(false)
  const [fresh, setFresh] = useState<FreshKey | null>(null)
  const mayCreate = current?.user.role === 'admin'
  return (
    <>
      <div className={classes.summary}>
        <p className={classes.count}>{text.apiAccess.summary(accounts.length)}</p>
        {mayCreate && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            {text.apiAccess.create}
          </Button>
        )}
      </div>
      {!mayCreate && <Notice>{text.apiAccess.onlyAdministrators}</Notice>}
      {accounts.length === 0 && mayCreate && (
        <div className={classes.empty}>
          <p className={classes.emptyTitle}>{text.apiAccess.empty}</p>
          <p>{text.apiAccess.emptyMore}</p>
        </div>
      )}
      <ul className={classes.accounts}>
        {accounts.map((account) => (
          <AccountCard key={account.id} account={account} mayAddKeys={mayCreate} onFreshKey={setFresh} />
        ))}
      </ul>
      {creating && (
        <CreateAccountDialog
          onClose={() => setCreating(false)}
          onCreated={(key) => {
            setCreating(false)
            setFresh(key)
          }}
        />
      )}
      {fresh !== null && <KeyDialog fresh={fresh} onClose={() => setFresh(null)} />}
    </>
  )
}
