import { Button, NativeSelect } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import page from '../../shell/page.module.css'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { client, type Policy, type UserDetail } from '../../trpc.ts'
import { ActDialog } from './act-dialog.tsx'
import classes from './admin.module.css'
import { userRoles } from './admin-search.ts'

const words = text.admin.user

type Act = 'suspend' | 'restore' | 'changeRole' | 'signOut' | 'sendReset' | 'liftLimits' | 'resetFactors'

interface UserActsProps {
  detail: UserDetail
  policies: readonly Policy[]
}

/** What may be done to an account by whoever is looking at it. */
export function UserActs({ detail, policies }: UserActsProps) {
  const [asking, setAsking] = useState<Act | null>(null)
  const { user, credentials } = detail
  const hasFactors = credentials.authenticatorApp || credentials.passkeys > 0
  const acts: [act: Act, policy: Policy, offered: boolean][] = [
    ['signOut', 'sessions:revoke-any', user.sessionCount > 0],
    ['sendReset', 'users:send-reset', user.suspendedAt === null],
    ['liftLimits', 'users:lift-limits', user.suspendedAt === null],
    ['resetFactors', 'users:reset-second-factor', hasFactors],
    ['changeRole', 'users:role', true],
    ['suspend', 'users:suspend', user.suspendedAt === null],
    ['restore', 'users:suspend', user.suspendedAt !== null],
  ]
  const open = acts.filter(([, policy, offered]) => offered && policies.includes(policy))
  if (open.length === 0) return null
  return (
    <section aria-labelledby="acts-title" className={page.section}>
      <h2 id="acts-title" className={page.sectionTitle}>
        {words.actions}
      </h2>
      <div className={classes.acts}>
        {open.map(([act]) => (
          <Button
            key={act}
            variant="default"
            {...((act === 'suspend' || act === 'resetFactors') && { c: 'var(--danger)' })}
            onClick={() => setAsking(act)}
          >
            {words[act].do}
          </Button>
        ))}
      </div>
      {asking !== null && <UserActDialog act={asking} detail={detail} onClose={() => setAsking(null)} />}
    </section>
  )
}

interface UserActDialogProps {
  act: Act
  detail: UserDetail
  onClose: () => void
}

function UserActDialog({ act, detail: { user }, onClose }: UserActDialogProps) {
  const [role, setRole] = useState(userRoles.find((name) => name !== user.role) ?? 'user')
  const { id: userId, email } = user
  const { title, body, busy } = words[act]
  const told = (message: string) => (result: { changed: boolean }) =>
    void toast(result.changed ? message : words.already)
  const shared = { title: title(email), body, busy, confirm: words[act].do, onClose }
  switch (act) {
    case 'suspend':
      return (
        <ActDialog
          {...shared}
          harm
          act={(reason) => client.admin.suspendUser.mutate({ userId, reason })}
          onDone={told(words.suspend.done(email))}
        />
      )
    case 'restore':
      return (
        <ActDialog
          {...shared}
          act={(reason) => client.admin.restoreUser.mutate({ userId, reason })}
          onDone={told(words.restore.done(email))}
        />
      )
    case 'signOut':
      return (
        <ActDialog
          {...shared}
          harm
          act={(reason) => client.admin.signOutUser.mutate({ userId, reason })}
          onDone={({ revokedCount }) => void toast(words.signOut.done(revokedCount))}
        />
      )
    case 'sendReset':
      return (
        <ActDialog
          {...shared}
          confirm={words.sendReset.confirm}
          told={false}
          act={(reason) => client.admin.sendPasswordReset.mutate({ userId, reason })}
          onDone={told(words.sendReset.done(email))}
        />
      )
    case 'liftLimits':
      return (
        <ActDialog
          {...shared}
          act={(reason) => client.admin.liftLimits.mutate({ userId, reason })}
          onDone={told(words.liftLimits.done(email))}
        />
      )
    case 'resetFactors':
      return (
        <ActDialog
          {...shared}
          harm
          act={(reason) => client.admin.resetSecondFactors.mutate({ userId, reason })}
          onDone={told(words.resetFactors.done(email))}
        />
      )
    case 'changeRole':
      return (
        <ActDialog
          {...shared}
          act={(reason) => client.admin.changeRole.mutate({ userId, role, reason })}
          onDone={told(words.changeRole.done(email, role))}
        >
          <RoleField role={role} present={user.role} onChoose={setRole} />
        </ActDialog>
      )
  }
}

type RoleName = (typeof userRoles)[number]

interface RoleFieldProps {
  role: RoleName
  present: string
  onChoose: (role: RoleName) => void
}

function RoleField({ role, present, onChoose }: RoleFieldProps): ReactNode {
  return (
    <NativeSelect
      label={words.changeRole.label}
      value={role}
      onChange={({ currentTarget }) => onChoose(userRoles.find((name) => name === currentTarget.value) ?? role)}
      data={userRoles.filter((name) => name !== present).map((name) => ({ value: name, label: text.admin.role(name) }))}
    />
  )
}
