import { TextInput, type TextInputProps } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPencil } from '@tabler/icons-react'
import classes from '../../form/form.module.css'
import { text } from '../../text.ts'

/** A name for this device in the list of devices: offered, not asked for. */
export function NameDevice(props: TextInputProps) {
  const [naming, { open }] = useDisclosure(false)
  if (!naming)
    return (
      <button type="button" className={classes.offer} onClick={open}>
        <IconPencil size={16} aria-hidden /> {text.signIn.nameDevice}
      </button>
    )
  return (
    <TextInput
      size="md"
      label={
        <>
          {text.signIn.deviceName} <span className={classes.optional}>({text.signUp.optional})</span>
        </>
      }
      description={text.signIn.deviceNameHint}
      name="deviceName"
      autoComplete="off"
      maxLength={60}
      autoFocus
      {...props}
    />
  )
}
