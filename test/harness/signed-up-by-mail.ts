import type { Mailbox } from './mailbox.ts'
import { tokenIn } from './mailbox.ts'
import { forgiveSignUps, newEmail, password, signedIn, type TestInstance } from './test-server.ts'

/** A browser in which a new person is signed in whose address was confirmed by mail. */
export async function signedUpByMail(instance: TestInstance, mailbox: Mailbox) {
  await forgiveSignUps(instance)
  const email = newEmail()
  await instance.browser().api.auth.signUp.mutate({ email, password })
  const token = tokenIn(await mailbox.mailTo(email, /Confirm your address/))
  await instance.browser().api.auth.confirmSignUp.mutate({ token })
  const { browser, session } = await signedIn(instance, email)
  const { user } = (await browser.api.auth.current.query()) ?? {}
  if (!user) throw new Error('Nobody is signed in')
  return { browser, email, user, session }
}
