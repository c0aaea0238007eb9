import { useMutation } from '@tanstack/react-query'
import { ButtonLink } from '../../shell/button-link.tsx'
import { Notice } from '../../shell/notice.tsx'
import { text } from '../../text.ts'
import { trpc } from '../../trpc.ts'
import { LinkCard } from './link-card.tsx'
import { useLinkToken } from './link-token.ts'

/** Creates the account that a sign-up asked for. Signing in comes next: whoever reads the mail need not be who chose the password. */
export function ConfirmSignUpPage() {
  const token = useLinkToken()
  const confirm = useMutation(trpc.auth.confirmSignUp.mutationOptions())
  return (
    <LinkCard
      title={text.confirmSignUp.title}
      lead={text.confirmSignUp.lead}
      submitLabel={text.confirmSignUp.submit}
      busyLabel={text.confirmSignUp.busy}
      token={token}
      action={confirm}
      done={
        confirm.isSuccess ? (
          <>
            <Notice>{text.confirmSignUp.done(confirm.data.email)}</Notice>
            <ButtonLink to="/sign-in" size="md" fullWidth>
              {text.confirmSignUp.signIn}
            </ButtonLink>
          </>
        ) : null
      }
      remedy={
        <ButtonLink to="/sign-up" size="md" fullWidth variant="default">
          {text.confirmSignUp.again}
        </ButtonLink>
      }
    />
  )
}
