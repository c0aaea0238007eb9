import { useMutation } from '@tanstack/react-query'
import form from '../../form/form.module.css'
import { ButtonLink } from '../../shell/button-link.tsx'
import { Notice } from '../../shell/notice.tsx'
import { text } from '../../text.ts'
import { queryClient, trpc } from '../../trpc.ts'
import { LinkCard } from './link-card.tsx'
import { useLinkToken } from './link-token.ts'

/** Confirms an address, or one half of a change of address. */
export function ConfirmEmailPage() {
  const token = useLinkToken()
  const confirm = useMutation(
    trpc.auth.confirmEmail.mutationOptions({
      // Whoever is signed in here may be whose address it is.
      onSuccess: () => queryClient.removeQueries(trpc.pathFilter()),
    }),
  )
  return (
    <LinkCard
      title={text.confirmEmail.title}
      lead={text.confirmEmail.lead}
      submitLabel={text.confirmEmail.submit}
      busyLabel={text.confirmEmail.busy}
      token={token}
      action={confirm}
      done={
        confirm.isSuccess ? (
          <>
            <Notice>
              {confirm.data.email === null
                ? text.confirmEmail.waiting
                : text.confirmEmail.confirmed(confirm.data.email)}
            </Notice>
            <ButtonLink to="/" size="md" fullWidth variant="default">
              {text.link.home}
            </ButtonLink>
          </>
        ) : null
      }
      remedy={
        <>
          <p className={form.hint}>{text.confirmEmail.refused}</p>
          <ButtonLink to="/security" size="md" fullWidth variant="default">
            {text.confirmEmail.security}
          </ButtonLink>
        </>
      }
    />
  )
}
