import { addPasskey, withAuthenticator } from './credentials.ts'
import { expect, signIn, test } from './latchkey.ts'

test('a passkey is added, signs in with nothing typed, is renamed and removed', async ({ person }) => {
  const page = await person.device()
  await withAuthenticator(page)
  await addPasskey(page, 'Work laptop')
  await expect(page.getByText('This device only')).toBeVisible()
  await expect(page.getByText('Never used')).toBeVisible()

  await page.getByRole('link', { name: 'Devices' }).click()
  await page.getByRole('button', { name: 'Sign out this device' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  await expect(page.getByText(/with passkey/).first()).toBeVisible()

  await page.goto('/security')
  await expect(page.getByText('Last used just now')).toBeVisible()
  await page.getByRole('button', { name: 'Rename passkey Work laptop' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Old laptop')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Remove passkey Old laptop' }).click()
  await page.getByRole('alertdialog', { name: 'Remove Old laptop?' }).getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('No passkeys yet.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Passkeys' })).toBeFocused()
})

test('a passkey completes a password, and changing one’s mind is no error', async ({ person }) => {
  const page = await person.device()
  const authenticator = await withAuthenticator(page)
  await addPasskey(page, 'Key')
  await page.getByRole('link', { name: 'Devices' }).click()
  await page.getByRole('button', { name: 'Sign out this device' }).click()

  await authenticator.verify(false)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('button', { name: 'Sign in with a passkey' })).toBeEnabled()
  await expect(page.getByRole('alert')).toHaveCount(0)

  await authenticator.verify(true)
  await signIn(page, person.email)
  await expect(page.getByRole('heading', { level: 1, name: 'One more step' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Use a passkey' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
})

test('the same authenticator is not taken twice', async ({ person }) => {
  const page = await person.device()
  await withAuthenticator(page)
  await addPasskey(page, 'Key')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('dialog').getByText('already holds a passkey for your account')).toBeVisible()
})
