import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { text } from '../../text.ts'
import type { ServiceAccount } from '../../trpc.ts'
import classes from './api-access.module.css'

/** A key that was just made, while its text is still known. */
export interface FreshKey {
  account: ServiceAccount
  text: string
}

interface KeyDialogProps {
  fresh: FreshKey
  onClose: () => void
}

/** Shows a key the only time that it can be shown. A stray Escape or click does not close it. */
export function KeyDialog({ fresh, onClose }: KeyDialogProps) {
  const clipboard = useClipboard({ timeout: 4_000 })
  return (
    <Dialog title={text.apiAccess.keyTitle(fresh.account.name)} withCloseButton={false}>
      <p className={dialog.body}>{text.apiAccess.keyBody}</p>
      <dl className={classes.secret}>
        <dt>{text.apiAccess.clientId}</dt>
        <dd>
          <code>{fresh.account.id}</code>
        </dd>
        <dt>{text.apiAccess.key}</dt>
        <dd>
          <code>{fresh.text}</code>
        </dd>
      </dl>
      <Button
        fullWidth
        variant="default"
        leftSection={clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        onClick={() => clipboard.copy(fresh.text)}
        data-autofocus
      >
        {clipboard.copied ? text.apiAccess.copied : text.apiAccess.copy}
      </Button>
      <p role="status" className={classes.hint}>
        {clipboard.error !== null && text.apiAccess.copyFailed}
      </p>
      <div className={dialog.actions}>
        <Button onClick={onClose}>{text.apiAccess.saved}</Button>
      </div>
    </Dialog>
  )
}
