import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { readFailure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { fieldProblems } from '../../form/field-problems.ts'
import { focusFirst } from '../../form/focus-first.ts'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { queryClient, trpc, type User } from '../../trpc.ts'
import { Panel } from './panel.tsx'
import classes from './security.module.css'

const longestName = 100
const fields = ['name']

export function NamePanel({ user }: { user: User }) {
  const element = useRef<HTMLFormElement>(null)
  const { onSubmit, getInputProps, setErrors } = useForm({
    initialValues: { name: user.name ?? '' },
    validate: {
      name: (name) => (name.trim().length > longestName ? text.security.nameTooLong(longestName) : null),
    },
  })
  const rename = useMutation(
    trpc.account.rename.mutationOptions({
      onSuccess: ({ user: renamed }) => {
        queryClient.setQueryData(trpc.auth.current.queryKey(), (current) => current && { ...current, user: renamed })
        toast(text.security.nameSaved)
      },
      onError: (error) => {
        setErrors(fieldProblems(readFailure(error), fields) ?? {})
        focusFirst(element.current)
      },
    }),
  )
  const failure = rename.isError ? readFailure(rename.error) : null
  return (
    <Panel id="name-title" title={text.security.name} lead={text.security.nameLead}>
      <form
        ref={element}
        noValidate
        className={form.form}
        onSubmit={onSubmit(
          ({ name }) => {
            if (!rename.isPending) rename.mutate({ name: name.trim() === '' ? null : name.trim() })
          },
          () => focusFirst(element.current),
        )}
      >
        {failure !== null && fieldProblems(failure, fields) === null && (
          <FailureAlert failure={failure} secondsLeft={failure.retryAfterSeconds ?? 0} />
        )}
        <TextInput label={text.security.name} name="name" autoComplete="name" {...getInputProps('name')} />
        <div>
          <BusyButton
            type="submit"
            variant="default"
            className={classes.action}
            busy={rename.isPending}
            busyLabel={text.security.savingName}
          >
            {text.security.saveName}
          </BusyButton>
        </div>
      </form>
    </Panel>
  )
}
