import { IconChevronDown, IconLogout } from '@tabler/icons-react'
import { text } from '../text.ts'
import type { User } from '../trpc.ts'
import classes from './account-menu.module.css'
import { Menu, MenuItem } from './menu.tsx'
import { useSignOut } from './sign-out.ts'

export function AccountMenu({ user }: { user: User }) {
  const signOut = useSignOut()
  const called = user.name ?? user.email
  const button = (
    <>
      <span className={classes.avatar} aria-hidden>
        {[...called][0]?.toUpperCase()}
      </span>
      <span className={classes.name}>{called}</span>
      <IconChevronDown size={16} aria-hidden className={classes.chevron} />
    </>
  )
  const lead = (
    <>
      {text.shell.signedInAs}
      <strong className={classes.email}>{user.email}</strong>
    </>
  )
  return (
    <Menu label={text.shell.account(called)} className={classes.target} button={button} lead={lead}>
      {() => (
        <MenuItem
          icon={<IconLogout size={18} aria-hidden />}
          onSelect={() => {
            if (!signOut.isPending) signOut.mutate()
          }}
        >
          {signOut.isIdle || signOut.isError ? text.shell.signOut : text.shell.signingOut}
        </MenuItem>
      )}
    </Menu>
  )
}
