import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Boundary } from '../../shell/boundary.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { RelativeTime } from '../../shell/relative-time.tsx'
import { ShowMore } from '../../shell/show-more.tsx'
import { text } from '../../text.ts'
import type { ListedUser } from '../../trpc.ts'
import classes from './admin.module.css'
import { usersQuery } from './admin-queries.ts'
import { readUserSearch, type UserSearch, userFactors, userRoles, userStatuses } from './admin-search.ts'
import { ListSkeleton } from './list-skeleton.tsx'

const words = text.admin.users

export function UsersPage() {
  const search = useSearch({ from: '/signed-in/admin/users' })
  return (
    <>
      <PageTitle title={words.title} lead={words.lead} />
      <Filters search={search} />
      <Boundary key={JSON.stringify(search)} fallback={<ListSkeleton />}>
        <UserList search={search} />
      </Boundary>
    </>
  )
}

function Filters({ search }: { search: UserSearch }) {
  const navigate = useNavigate({ from: '/admin/users' })
  const choose = (choice: Record<string, string>) =>
    void navigate({
      search: (now) => readUserSearch({ ...now, ...choice }),
      replace: true,
      resetScroll: false,
    })
  const type = useDebouncedCallback((value: string) => choose({ search: value }), 300)
  const any = { value: '', label: words.any }
  const isFiltered = Object.values(search).some((value) => value !== undefined)
  return (
    <search className={classes.bar}>
      <TextInput
        key={search.search === undefined ? 'empty' : 'typed'}
        type="search"
        label={words.search}
        placeholder={words.searchHint}
        className={classes.wide}
        defaultValue={search.search ?? ''}
        autoComplete="off"
        spellCheck={false}
        onChange={({ currentTarget }) => type(currentTarget.value)}
      />
      <NativeSelect
        label={words.role}
        className={classes.choice}
        value={search.role ?? ''}
        onChange={({ currentTarget }) => choose({ role: currentTarget.value })}
        data={[any, ...userRoles.map((role) => ({ value: role, label: text.admin.role(role) }))]}
      />
      <NativeSelect
        label={words.status}
        className={classes.choice}
        value={search.status ?? ''}
        onChange={({ currentTarget }) => choose({ status: currentTarget.value })}
        data={[any, ...userStatuses.map((status) => ({ value: status, label: words[status] }))]}
      />
      <NativeSelect
        label={words.factor}
        className={classes.choice}
        value={search.factor ?? ''}
        onChange={({ currentTarget }) => choose({ factor: currentTarget.value })}
        data={[any, ...userFactors.map((factor) => ({ value: factor, label: words[factor] }))]}
      />
      {isFiltered && (
        <Button
          variant="subtle"
          color="gray"
          c="var(--quiet)"
          onClick={() => choose({ search: '', role: '', status: '', factor: '' })}
        >
          {words.clear}
        </Button>
      )}
    </search>
  )
}

function UserList({ search }: { search: UserSearch }) {
  const pages = useSuspenseInfiniteQuery(usersQuery(search))
  const users = pages.data.pages.flatMap((one) => one.users)
  if (users.length === 0) return <p className={classes.empty}>{words.none}</p>
  return (
    <>
      <ul className={`${page.card} ${classes.list}`}>
        {users.map((user) => (
          <UserRow key={user.id} user={user} />
        ))}
      </ul>
      <ShowMore pages={pages} shown={text.admin.countOf(users.length, pages.hasNextPage, words.users)} />
    </>
  )
}

export function Badges({ user }: { user: ListedUser }) {
  return (
    <>
      {user.role !== 'user' && (
        <span className={classes.badge} data-tone="good">
          {text.admin.role(user.role)}
        </span>
      )}
      {user.suspendedAt !== null && (
        <span className={classes.badge} data-tone="danger">
          {words.suspended}
        </span>
      )}
      {user.secondFactor && <span className={classes.badge}>{words.secondFactor}</span>}
    </>
  )
}

function UserRow({ user }: { user: ListedUser }) {
  return (
    <li className={`${classes.row} ${classes.opens}`}>
      <span className={classes.avatar} aria-hidden>
        {[...(user.name ?? user.email)][0]?.toUpperCase()}
      </span>
      <div className={classes.identity}>
        <p className={classes.name}>
          <Link to="/admin/users/$userId" params={{ userId: user.id }} className={classes.open}>
            {user.name ?? user.email}
          </Link>{' '}
          <Badges user={user} />
        </p>
        {user.name !== null && <p className={classes.meta}>{user.email}</p>}
      </div>
      <p className={classes.side}>
        <span>{words.devices(user.sessionCount)}</span>
        {user.lastActiveAt !== null && <RelativeTime iso={user.lastActiveAt} sentence={words.lastActive} />}
      </p>
    </li>
  )
}
