import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import type { ServiceAccount } from '../../trpc.ts'
import classes from './api-access.module.css'
import { apiText } from './api-text.ts'

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
    <Dialog title={apiText.keyTitle(fresh.account.name)} withCloseButton={false}>
      <p className={dialog.body}>{apiText.keyBody}</p>
      <dl className={classes.secret}>
        <dt>{apiText.clientId}</dt>
        <dd>
          <code>{fresh.account.id}</code>
        </dd>
        <dt>{apiText.key}</dt>
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
        {clipboard.copied ? apiText.copied : apiText.copy}
      </Button>
      <p role="status" className={classes.hint}>
        {clipboard.error !== null && apiText.copyFailed}
      </p>
      <div className={dialog.actions}>
        <Button onClick={onClose}>{apiText.saved}</Button>
      </div>
    </Dialog>
  )
}
