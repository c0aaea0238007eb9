import { expect, iphone, password, signIn, test } from './latchkey.ts'

test('changing the password signs out the other devices and keeps this one', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device()
  await page.getByRole('link', { name: 'Security' }).click()
  await page.getByLabel('Current password').fill('not this one')
  await page.getByLabel('New password').fill('battery staple horse correct')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText("That isn't your current password.")).toBeVisible()

  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Password changed. 1 other device was signed out.').first()).toBeVisible()

  await page.getByRole('link', { name: 'Activity' }).click()
  await expect(page.getByText(/^Password changed from/)).toBeVisible()
  await page.getByRole('link', { name: 'Devices' }).click()
  await expect(page.getByText("You're only signed in here.")).toBeVisible()
})

test('signing out everywhere includes this device', async ({ person }) => {
  const phone = await person.device({ userAgent: iphone })
  const page = await person.device()
  await page.goto('/security')
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Sign out everywhere?' })
  await expect(dialog).toContainText('including this device')
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  await phone.reload()
  await expect(phone.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()

  await signIn(page, person.email)
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
})

test('a name is given, used throughout, and taken back', async ({ person }) => {
  const page = await person.device()
  await page.goto('/security')
  await page.getByRole('textbox', { name: 'Name' }).fill('Ada Lovelace')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Account: Ada Lovelace' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Name' }).fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: `Account: ${person.email}` })).toBeVisible()
  await page.goto('/activity?show=security')
  await expect(page.getByText(/^Name changed from/)).toHaveCount(2)
})

test('a password is called weak, with advice, before it is refused', async ({ newDevice }) => {
  const page = await newDevice()
  await page.goto('/sign-up')
  const field = page.getByRole('textbox', { name: 'Password' })
  await field.fill('short')
  await expect(field).toHaveAccessibleDescription('10 more characters needed.')
  await field.fill('passwordpassword')
  await expect(page.getByRole('status').filter({ hasText: 'Strength: ' })).toContainText('guessed first')
  await field.fill('correct horse battery staple')
  await expect(page.getByRole('status').filter({ hasText: 'Strength: Strong.' })).toBeVisible()
})
