import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { deviceName } from '../../device/device-name.ts'
import { readFailure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import form from '../../form/form.module.css'
import { devicesChanged } from '../../session-lifecycle.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { type Session, trpc } from '../../trpc.ts'
import { updateSessions } from './sessions-query.ts'

const longestName = 60

interface RenameDialogProps {
  session: Session
  onClose: () => void
}

export function RenameDialog({ session, onClose }: RenameDialogProps) {
  const { onSubmit, getInputProps, setErrors } = useForm({
    initialValues: { name: deviceName(session) },
    validate: {
      name: (name) => {
        if (name.trim() === '') return text.devices.renameNeeded
        return name.trim().length > longestName ? text.devices.renameTooLong(longestName) : null
      },
    },
  })
  const rename = useMutation(
    trpc.session.rename.mutationOptions({
      onSuccess: (renamed) => {
        updateSessions((page) => page.map((one) => (one.id === renamed.id ? { ...one, name: renamed.name } : one)))
        toast(text.devices.renamed(deviceName(renamed)))
        devicesChanged()
        onClose()
      },
      onError: (error) => setErrors(readFailure(error).fields),
    }),
  )
  const failure = rename.isError ? readFailure(rename.error) : null
  return (
    <Dialog title={text.devices.renameTitle} onClose={onClose}>
      <form
        noValidate
        className={form.form}
        onSubmit={onSubmit(({ name }) => {
          if (!rename.isPending) rename.mutate({ sessionId: session.id, name: name.trim() })
        })}
      >
        {failure !== null && failure.fields.name === undefined && <FailureAlert failure={failure} secondsLeft={0} />}
        <TextInput
          label={text.devices.renameLabel}
          description={text.devices.renameHint(text.devices.device(session.device))}
          autoComplete="off"
          data-autofocus
          {...getInputProps('name')}
          onFocus={(event) => event.currentTarget.select()}
        />
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <BusyButton type="submit" busy={rename.isPending} busyLabel={text.devices.renameBusy}>
            {text.devices.renameSubmit}
          </BusyButton>
        </div>
      </form>
    </Dialog>
  )
}
