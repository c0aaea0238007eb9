import { expect, iphone, signIn, test } from './latchkey.ts'

test('someone signs up, sees this device, and signs out', async ({ newDevice }) => {
  const page = await newDevice()
  await page.goto('/')
  await page.getByRole('link', { name: 'Create an account' }).click()
  const email = `new-${process.pid}-${test.info().retry}@example.com`
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('too short')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Create your account' })).toBeVisible()

  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Create account' }).click()

  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  await expect(page.getByText('This device', { exact: true })).toBeVisible()
  await expect(page.getByText("You're only signed in here.")).toBeVisible()
  await page.getByRole('button', { name: /^Account:/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  // What stays says that this browser is known to the account, and opens nothing.
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['known'])
})

test('a device signs in under a name of its own, and is signed out from another one', async ({ newDevice, person }) => {
  const phone = await newDevice({ userAgent: iphone, viewport: { width: 390, height: 844 } })
  await phone.goto('/sign-in')
  await phone.getByRole('button', { name: 'Name this device' }).click()
  await expect(phone.getByLabel('Device name')).toBeFocused()
  await phone.getByLabel('Device name').fill('Pocket')
  await signIn(phone, person.email)
  await expect(phone.getByText('This device', { exact: true })).toBeVisible()
  const laptop = await person.device()
  const row = laptop.getByRole('listitem').filter({ hasText: 'Pocket' })
  await expect(row).toContainText('Safari on iPhone')

  await row.getByRole('button', { name: 'Sign out Pocket' }).click()
  const dialog = laptop.getByRole('alertdialog', { name: 'Sign out Pocket?' })
  await expect(dialog).toContainText('It will have to sign in again.')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await dialog.getByRole('button', { name: 'Sign out' }).click()

  await expect(laptop.getByText('Pocket was signed out.').first()).toBeVisible()
  await expect(row).toHaveCount(0)
  await expect(laptop.getByText("You're only signed in here.")).toBeVisible()
})

test('all other devices are signed out together, and this one stays', async ({ person }) => {
  await person.device({ userAgent: iphone })
  await person.device()
  const laptop = await person.device()
  await laptop.getByRole('button', { name: 'Sign out all other devices' }).click()
  const dialog = laptop.getByRole('alertdialog', { name: 'Sign out 2 other devices?' })
  await expect(dialog).toContainText('This device stays signed in.')
  await dialog.getByRole('button', { name: /Sign out/ }).click()
  await expect(laptop.getByText('2 devices were signed out.').first()).toBeVisible()
  await expect(laptop.getByText("You're only signed in here.")).toBeVisible()
  await expect(laptop.getByRole('button', { name: 'Sign out all other devices' })).toHaveCount(0)
})

test('an access cookie that is gone is replaced by the reload that needs it, unnoticed', async ({ person }) => {
  const page = await person.device()
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`)
  })
  const before = (await page.context().cookies()).find(({ name }) => name === 'refresh')?.value
  await page.context().clearCookies({ name: 'access' })
  await page.reload()

  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  await expect(page.getByText('This device', { exact: true })).toBeVisible()
  const cookies = await page.context().cookies()
  expect(cookies.map(({ name }) => name).sort()).toEqual(['access', 'known', 'refresh'])
  expect(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Strict')).toBe(true)
  expect(cookies.find(({ name }) => name === 'refresh')?.value).not.toBe(before)
  expect(refused).toEqual([])
})

test('the page recovers when the server has been restarted', async ({ person, server }) => {
  const page = await person.device()
  await server.stop()
  await page.getByRole('link', { name: 'Activity' }).click()
  await expect(page.getByText("The server can't be reached.").first()).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('main')).toHaveCount(1)
  await expect(page.getByRole('navigation')).toBeVisible()
  await server.start()
  await page.getByRole('button', { name: 'Retry' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
  await expect(page.getByText(/^Signed in from/).first()).toBeVisible()
})

test('a device is renamed and signed out by keyboard alone', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device()
  await page.getByRole('button', { name: 'Details of Safari on iPhone' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Rename Safari on iPhone' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.getByRole('textbox', { name: 'Name' }).fill('Pocket')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 3, name: /Pocket/ })).toBeVisible()

  await page.getByRole('button', { name: 'Sign out Pocket' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Pocket was signed out.').first()).toBeVisible()
})

test('a wrong password and too many of them are said plainly', async ({ newDevice, person }) => {
  const page = await newDevice()
  await page.goto('/')
  for (let attempt = 0; attempt < 10; attempt++) {
    await signIn(page, person.email, 'not the password')
    await expect(page.getByText("That e-mail and password don't match.")).toBeVisible()
  }
  await signIn(page, person.email, 'not the password')
  await expect(page.getByText(/Too many attempts\. Try again in 1[45] minutes\./).first()).toBeVisible()
})
