import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { type Failure, readFailure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import { focusFirst } from '../../form/focus-first.ts'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import dialog from '../../shell/dialog.module.css'
import { Dialog } from '../../shell/dialog.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import type { FreshKey } from './key-dialog.tsx'
import { lifetimes, readScopes, scopesProblem } from './scopes.ts'
import { keepAccount } from './service-changes.ts'

interface CreateAccountDialogProps {
  onCreated: (fresh: FreshKey) => void
  onClose: () => void
}

export function CreateAccountDialog({ onCreated, onClose }: CreateAccountDialogProps) {
  const element = useRef<HTMLFormElement>(null)
  const { onSubmit, getInputProps, setErrors } = useForm({
    initialValues: { name: '', scopes: '', expiresInDays: '90' },
    validate: {
      name: (name) => (name.trim() === '' ? text.apiAccess.nameNeeded : null),
      scopes: scopesProblem,
    },
  })
  const create = useMutation(
    trpc.service.create.mutationOptions({
      onSuccess: ({ account, key }) => {
        keepAccount(account)
        onCreated({ account, text: key })
      },
      onError: (error) => {
        setErrors(problems(readFailure(error)))
        focusFirst(element.current)
      },
    }),
  )
  const failure = create.isError ? readFailure(create.error) : null
  return (
    <Dialog title={text.apiAccess.createTitle} onClose={onClose}>
      <form
        ref={element}
        noValidate
        className={form.form}
        onSubmit={onSubmit(
          ({ name, scopes, expiresInDays }) => {
            if (create.isPending) return
            create.mutate({ name: name.trim(), scopes: readScopes(scopes), expiresInDays: Number(expiresInDays) })
          },
          () => focusFirst(element.current),
        )}
      >
        {failure !== null && Object.keys(problems(failure)).length === 0 && (
          <FailureAlert failure={failure} secondsLeft={failure.retryAfterSeconds ?? 0} />
        )}
        <TextInput
          label={text.apiAccess.name}
          description={text.apiAccess.nameHint}
          autoComplete="off"
          maxLength={60}
          data-autofocus
          {...getInputProps('name')}
        />
        <TextInput
          label={text.apiAccess.scopes}
          description={text.apiAccess.scopesHint}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...getInputProps('scopes')}
        />
        <NativeSelect label={text.apiAccess.lifetime} data={lifetimes} {...getInputProps('expiresInDays')} />
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <BusyButton type="submit" busy={create.isPending} busyLabel={text.apiAccess.creating}>
            {text.apiAccess.createSubmit}
          </BusyButton>
        </div>
      </form>
    </Dialog>
  )
}

/** The failure as far as single fields are to blame; the server names each scope by its place. */
function problems({ fields }: Failure): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, problem]) => [name.split('.')[0] ?? name, problem]))
}
