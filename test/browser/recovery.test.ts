import type { Page } from '@playwright/test'
import { linkIn, type Mailbox, startMailbox } from '../harness/mailbox.ts'
import { test as base, expect, password, type Server, signIn, withServer } from './latchkey.ts'

const newPassword = 'battery staple horse correct'
let people = 0
const newAddress = () => `mail-${process.pid}-${++people}@example.com`

/** A server that sends mail, and where that mail arrives. */
const test = base.extend<object, { mailbox: Mailbox; server: Server }>({
  mailbox: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from this pattern.
    async ({}, use) => {
      const mailbox = await startMailbox()
      await use(mailbox)
      await mailbox.close()
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ mailbox }, use) => withServer({ SMTP_URL: mailbox.url }, use),
    { scope: 'worker', timeout: 60_000 },
  ],
})

/** Opens the link of a mail: nothing has happened yet, and its token has left the address bar. */
async function open(page: Page, link: URL): Promise<void> {
  await page.goto('about:blank')
  await page.goto(link.href)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect.poll(() => new URL(page.url()).hash).toBe('')
}

async function signUp(page: Page, mailbox: Mailbox): Promise<string> {
  const email = newAddress()
  await page.goto('/sign-up')
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Check your mail' })).toBeVisible()
  await expect(page.getByText(`We've sent a mail to ${email}.`)).toBeVisible()
  await open(page, linkIn(await mailbox.mailTo(email, /Confirm your address/)))
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText(`Your account for ${email} is ready. Sign in.`)).toBeVisible()
  await page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await signIn(page, email)
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  return email
}

test('an account is created by the link in the mail, once', async ({ newDevice, mailbox }) => {
  const page = await newDevice()
  const email = await signUp(page, mailbox)
  const link = linkIn(await mailbox.mailTo(email, /Confirm your address/))
  await open(page, link)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('alert')).toContainText('has been used already, or is too old')
  await expect(page.getByRole('link', { name: 'Sign up again' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('alert')).toContainText('Open the link in the mail again')
})

test('a forgotten password is replaced by a mailed link, and every device signed out', async ({
  newDevice,
  mailbox,
}) => {
  const page = await newDevice()
  const email = await signUp(page, mailbox)

  const other = await newDevice()
  await other.goto('/sign-in')
  await other.getByRole('link', { name: 'Forgot your password?' }).click()
  await other.getByLabel('E-mail').fill('nobody@example.com')
  await other.getByRole('button', { name: 'Send the link' }).click()
  const same = "If an account exists for that address, we've sent a link."
  await expect(other.getByText(same)).toBeVisible()
  await other.getByLabel('E-mail').fill(email)
  await other.getByRole('button', { name: 'Send another link' }).click()
  const mail = await mailbox.mailTo(email, /Choose a new password/)
  await expect(other.getByText(same)).toBeVisible()

  await open(other, linkIn(mail))
  await other.getByLabel('New password').fill('aaaaaaaaaaaaaaaaaaaa')
  await expect(other.getByText('Strength: Very weak.')).toContainText('Use more different characters')
  await other.getByRole('button', { name: 'Change password' }).click()
  await expect(other.getByLabel('New password')).toHaveAccessibleDescription(/Use more different characters/)
  await other.getByLabel('New password').fill(newPassword)
  await expect(other.getByText('Strength: Strong.')).toBeVisible()
  await other.getByRole('button', { name: 'Change password' }).click()
  await expect(other.getByText('Password changed. Sign in.')).toBeVisible()
  await expect(page.getByRole('alertdialog', { name: 'Your session has ended' })).toBeVisible()
  await other.getByRole('link', { name: 'Sign in', exact: true }).click()
  await signIn(other, email, newPassword)
  await expect(other.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()

  await open(other, linkIn(mail))
  await other.getByLabel('New password').fill(password)
  await other.getByRole('button', { name: 'Change password' }).click()
  await expect(other.getByRole('alert')).toContainText('has been used already, or is too old')
  await expect(other.getByRole('link', { name: 'Ask for a new link' })).toBeVisible()
})

test('an address moves when the links to both have been used', async ({ newDevice, mailbox }) => {
  const page = await newDevice()
  const email = await signUp(page, mailbox)
  const newEmail = newAddress()
  await page.goto('/security')
  await expect(page.getByText('Confirmed', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Change address' }).click()
  await page.getByLabel('New e-mail address').fill(email)
  await page.getByRole('button', { name: 'Send the links' }).click()
  await expect(page.getByLabel('New e-mail address')).toHaveAccessibleDescription(
    'That is what it is already. Choose another one.',
  )
  await page.getByLabel('New e-mail address').fill(newEmail)
  await page.getByRole('button', { name: 'Send the links' }).click()
  await expect(page.getByText(`Waiting for the links that we sent to ${newEmail}`)).toBeVisible()

  await open(page, linkIn(await mailbox.mailTo(newEmail)))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByText('as soon as the link in the other mailbox')).toBeVisible()
  await open(page, linkIn(await mailbox.mailTo(email, /change of your address/)))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByText(`${newEmail} is confirmed.`)).toBeVisible()
  await page.getByRole('link', { name: 'Go to your account' }).click()
  await expect(page.getByRole('button', { name: `Account: ${newEmail}` })).toBeVisible()
})

test('an account is deleted by whoever types its address', async ({ newDevice, mailbox }) => {
  const page = await newDevice()
  const email = await signUp(page, mailbox)
  await page.goto('/security')
  await page.getByRole('button', { name: 'Delete account' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' })
  await dialog.getByLabel('Your e-mail address').fill('somebody@example.com')
  await dialog.getByRole('button', { name: 'Delete my account' }).click()
  await expect(dialog.getByLabel('Your e-mail address')).toHaveAccessibleDescription(
    'Type the address of your account.',
  )
  await dialog.getByLabel('Your e-mail address').fill(email)
  await dialog.getByRole('button', { name: 'Delete my account' }).click()
  await expect(page.getByText('Your account was deleted, with everything in it.')).toBeVisible()
  await mailbox.mailTo(email, /Your account was deleted/)
  await signIn(page, email)
  await expect(page.getByText("That e-mail and password don't match.")).toBeVisible()
})
