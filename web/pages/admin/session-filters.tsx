import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { text } from '../../text.ts'
import classes from './admin.module.css'
import { readSessionSearch, type SessionSearch, sessionAges, sessionKinds } from './admin-search.ts'

const words = text.admin.sessions

/** At a glance: the server decides. */
const looksLikeNetwork = (text = '0') => /^[\d.a-f:]+(\/\d{1,3})?$/i.test(text)

/** Which devices are listed. What is typed goes into the address when it is sent, what is chosen at once. */
export function SessionFilters({ search }: { search: SessionSearch }) {
  const navigate = useNavigate({ from: '/admin/sessions' })
  const show = (next: SessionSearch) => void navigate({ search: next, replace: true, resetScroll: false })
  const read = (form: HTMLFormElement) =>
    readSessionSearch({ userId: search.userId, ...Object.fromEntries(new FormData(form)) })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    show(read(event.currentTarget))
  }
  const any = (label: string) => ({ value: '', label })
  const choose = ({ currentTarget }: { currentTarget: HTMLSelectElement }) =>
    currentTarget.form && show(read(currentTarget.form))
  const isFiltered = Object.values(search).some((value) => value !== undefined)
  return (
    <search>
      <form className={classes.bar} onSubmit={send}>
        <TextInput
          name="email"
          label={words.user}
          placeholder={words.userHint}
          className={classes.wide}
          defaultValue={search.email ?? ''}
          autoComplete="off"
          spellCheck={false}
        />
        <TextInput
          name="network"
          label={words.network}
          placeholder={words.networkHint}
          className={classes.wide}
          defaultValue={search.network ?? ''}
          error={looksLikeNetwork(search.network) ? null : words.networkProblem}
          autoComplete="off"
          spellCheck={false}
        />
        <NativeSelect
          name="kind"
          label={words.client}
          className={classes.choice}
          defaultValue={search.kind ?? ''}
          onChange={choose}
          data={[
            any(text.admin.users.any),
            ...sessionKinds.map((kind) => ({ value: kind, label: words.clients[kind] })),
          ]}
        />
        <TextInput
          name="browser"
          label={words.browser}
          className={classes.choice}
          defaultValue={search.browser ?? ''}
          autoComplete="off"
        />
        <TextInput
          name="os"
          label={words.os}
          className={classes.choice}
          defaultValue={search.os ?? ''}
          autoComplete="off"
        />
        <NativeSelect
          name="older"
          label={words.signedIn}
          className={classes.choice}
          defaultValue={search.older ?? ''}
          onChange={choose}
          data={[
            any(words.anyTime),
            ...sessionAges.map((days) => ({ value: String(days), label: words.longerAgo(days) })),
          ]}
        />
        <NativeSelect
          name="unused"
          label={words.unused}
          className={classes.choice}
          defaultValue={search.unused ?? ''}
          onChange={choose}
          data={[
            any(text.admin.users.any),
            ...sessionAges.map((days) => ({ value: String(days), label: words.unusedFor(days) })),
          ]}
        />
        <Button type="submit">{words.apply}</Button>
        {isFiltered && (
          <Button variant="subtle" color="gray" c="var(--quiet)" onClick={() => show(readSessionSearch({}))}>
            {text.admin.users.clear}
          </Button>
        )}
      </form>
    </search>
  )
}
