import { Button, Checkbox } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import { CopyButton } from '../../shell/copy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { saveFile } from '../../shell/save-file.ts'
import { text } from '../../text.ts'
import classes from './recovery-codes-dialog.module.css'

interface RecoveryCodesDialogProps {
  codes: readonly string[]
  email: string
  onClose: () => void
}

/** Shows recovery codes the only time that they can be shown. It closes for nobody who has not said that they are saved. */
export function RecoveryCodesDialog({ codes, email, onClose }: RecoveryCodesDialogProps) {
  const [saved, setSaved] = useState(false)
  const title = text.security.codesFileTitle(email)
  return (
    <Dialog title={text.security.codesTitle} withCloseButton={false}>
      <p className={dialog.body}>{text.security.codesBody}</p>
      <div className={classes.sheet}>
        <p className={classes.printed}>{title}</p>
        <ol className={classes.codes} aria-label={text.security.codesListed}>
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ol>
      </div>
      <div className={classes.ways}>
        <CopyButton value={codes.join('\n')} label={text.security.codesCopy} data-autofocus />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() =>
            saveFile({
              name: text.security.codesFile,
              type: 'text/plain;charset=utf-8',
              content: `${title}\n\n${codes.join('\n')}\n`,
            })
          }
        >
          {text.security.codesDownload}
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => window.print()}
        >
          {text.security.codesPrint}
        </Button>
      </div>
      <Checkbox
        label={text.security.codesSaved}
        checked={saved}
        onChange={({ currentTarget }) => setSaved(currentTarget.checked)}
      />
      <div className={dialog.actions}>
        <Button disabled={!saved} onClick={onClose}>
          {text.security.codesDone}
        </Button>
      </div>
    </Dialog>
  )
}
