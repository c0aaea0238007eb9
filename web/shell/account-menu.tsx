import { Menu, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconLogout } from '@tabler/icons-react'
import { text } from '../text.ts'
import type { User } from '../trpc.ts'
import classes from './account-menu.module.css'
import { useSignOut } from './sign-out.ts'

export function AccountMenu({ user }: { user: User }) {
  const signOut = useSignOut()
  const called = user.name ?? user.email
  return (
    <Menu position="bottom-end" width={264} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={classes.target} aria-label={text.shell.account(called)}>
          <span className={classes.avatar} aria-hidden>
            {[...called][0]?.toUpperCase()}
          </span>
          <span className={classes.name}>{called}</span>
          <IconChevronDown size={16} aria-hidden className={classes.chevron} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={classes.identity}>
          {text.shell.signedInAs}
          <strong className={classes.email}>{user.email}</strong>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={18} aria-hidden />}
          closeMenuOnClick={false}
          onClick={() => signOut.mutate()}
        >
          {signOut.isIdle || signOut.isError ? text.shell.signOut : text.shell.signingOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
