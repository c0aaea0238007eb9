import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { text } from '../../text.ts'
import { DeleteAccountDialog } from './delete-account-dialog.tsx'
import classes from './security.module.css'

export function DeleteAccount({ email }: { email: string }) {
  const [asking, ask] = useDisclosure(false)
  return (
    <>
      <div className={classes.danger}>
        <div className={classes.dangerText}>
          <h3 className={classes.title}>{text.security.deleteAccount}</h3>
          <p className={classes.lead}>{text.security.deleteLead}</p>
        </div>
        <Button color="red" variant="outline" className={classes.action} onClick={ask.open}>
          {text.security.deleteAccount}
        </Button>
      </div>
      {asking && <DeleteAccountDialog email={email} onClose={ask.close} />}
    </>
  )
}
