import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Boundary } from '../../shell/boundary.tsx'
import { ExactTime } from '../../shell/exact-time.tsx'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { client, type SigningKey, trpc } from '../../trpc.ts'
import { ActDialog } from './act-dialog.tsx'
import classes from './admin.module.css'
import { ListSkeleton } from './list-skeleton.tsx'

const words = text.admin.keys

export function SigningKeysPage() {
  const [asking, ask] = useDisclosure(false)
  return (
    <>
      <PageTitle title={words.title} lead={words.lead} />
      <div className={classes.summary}>
        <span />
        <Button onClick={ask.open}>{words.rotate}</Button>
      </div>
      <Boundary fallback={<ListSkeleton />}>
        <KeyList />
      </Boundary>
      {asking && (
        <ActDialog
          title={words.rotateTitle}
          body={words.rotateBody}
          confirm={words.rotate}
          busy={words.rotating}
          told={false}
          act={(reason) => client.admin.rotateSigningKeys.mutate({ reason })}
          onDone={({ changed }) => void toast(changed ? words.rotated : words.notRotated)}
          onClose={ask.close}
        />
      )}
    </>
  )
}

function KeyList() {
  const { data: keys } = useSuspenseQuery(trpc.admin.signingKeys.queryOptions())
  return (
    <ul className={`${page.card} ${classes.list}`}>
      {keys.map((key) => (
        <KeyRow key={key.id} signingKey={key} />
      ))}
    </ul>
  )
}

const tones = { next: 'plain', signing: 'good', trusted: 'plain', revoked: 'danger' } as const

function KeyRow({ signingKey: key }: { signingKey: SigningKey }) {
  const [asking, ask] = useDisclosure(false)
  const short = `${key.algorithm} …${key.id.slice(-6)}`
  return (
    <li className={classes.row}>
      <IconKey size={22} stroke={1.6} aria-hidden />
      <div className={classes.identity}>
        <p className={classes.name}>
          {short}
          <span className={classes.badge} data-tone={tones[key.state]}>
            {words.states[key.state]}
          </span>
        </p>
        <p className={classes.meta}>
          <code className={classes.code}>{key.id}</code>
        </p>
        <p className={classes.meta}>
          <ExactTime
            iso={key.signsFrom}
            sentence={
              key.state === 'next' ? words.signsFrom : key.state === 'signing' ? words.signedFrom : words.created
            }
          />
          {key.revokedAt !== null ? (
            <>
              {' · '}
              <ExactTime iso={key.revokedAt} sentence={words.revokedAt} />
            </>
          ) : (
            key.trustedUntil !== null && (
              <>
                {' · '}
                <ExactTime iso={key.trustedUntil} sentence={words.trustedUntil} />
              </>
            )
          )}
        </p>
      </div>
      {key.state !== 'revoked' && (
        <div className={classes.side}>
          <Button variant="default" c="var(--danger)" aria-label={words.revokeOf(short)} onClick={ask.open}>
            {words.revoke}
          </Button>
        </div>
      )}
      {asking && (
        <ActDialog
          title={words.revokeTitle(short)}
          body={words.revokeBody}
          confirm={words.revoke}
          busy={words.revoking}
          harm
          told={false}
          act={(reason) => client.admin.revokeSigningKey.mutate({ keyId: key.id, reason })}
          onDone={() => void toast(words.revoked)}
          onClose={ask.close}
        />
      )}
    </li>
  )
}
