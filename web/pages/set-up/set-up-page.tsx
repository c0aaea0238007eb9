import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { readFailure } from '../../failure.ts'
import { FailureAlert } from '../../form/failure-alert.tsx'
import form from '../../form/form.module.css'
import { BusyButton } from '../../shell/busy-button.tsx'
import { ButtonLink } from '../../shell/button-link.tsx'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { queryClient, trpc } from '../../trpc.ts'

const words = text.admin.setUp

/** The token of the link, in the memory of this tab: it stays there while its reader signs in, and goes to no other place. */
let remembered: string | null = null

function takeToken(): string | null {
  const { hash, pathname, search } = window.location
  if (hash.length > 1) {
    remembered = hash.slice(1)
    window.history.replaceState(window.history.state, '', pathname + search)
  }
  return remembered
}

/** Where the link leads that the first start of the server prints. */
export function SetUpPage() {
  const [token, setToken] = useState(takeToken)
  // Opened in a tab that shows this page already, the link changes nothing but what is behind the #.
  useEffect(() => {
    const take = () => setToken(takeToken())
    window.addEventListener('hashchange', take)
    return () => window.removeEventListener('hashchange', take)
  }, [])
  const { data: current } = useSuspenseQuery(trpc.auth.current.queryOptions())
  const become = useMutation(
    trpc.account.becomeFirstAdministrator.mutationOptions({
      onSuccess: () => {
        remembered = null
        queryClient.setQueryData(trpc.auth.current.queryKey(), null)
      },
    }),
  )
  if (become.isSuccess)
    return (
      <div className={form.form}>
        <PageTitle title={words.done} lead={words.doneLead} />
        <ButtonLink to="/sign-in" search={{ next: '/admin' }}>
          {words.signIn}
        </ButtonLink>
      </div>
    )
  return (
    <div className={form.form}>
      <PageTitle title={words.title} lead={token === null ? words.noLink : words.lead} />
      {become.isError && (
        <FailureAlert
          failure={readFailure(become.error)}
          secondsLeft={0}
          wording={{ LINK_NOT_ACCEPTED: words.refused }}
        />
      )}
      {token !== null && current === null && (
        <>
          <p>{words.signInFirst}</p>
          <ButtonLink to="/sign-up" search={{ next: '/set-up' }}>
            {words.signUp}
          </ButtonLink>
          <ButtonLink to="/sign-in" search={{ next: '/set-up' }} variant="default">
            {words.signIn}
          </ButtonLink>
        </>
      )}
      {token !== null && current !== null && (
        <>
          <p>{words.as(current.user.email)}</p>
          <BusyButton busy={become.isPending} busyLabel={words.busy} onClick={() => become.mutate({ token })}>
            {words.become}
          </BusyButton>
        </>
      )}
    </div>
  )
}
