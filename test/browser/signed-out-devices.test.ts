import { saveCodes, setUpApp } from './credentials.ts'
import { expect, iphone, password, row, signIn, signOutRow, test } from './latchkey.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

test('what was signed out is folded away, with who did it', async ({ person }) => {
  const phone = await person.device({ userAgent: iphone })
  await person.device({ userAgent: firefox })
  const laptop = await person.device()
  // The device on which the account was made has signed out by itself.
  await expect(laptop.getByRole('heading', { level: 2, name: 'Recently signed out' })).toBeVisible()
  await expect(laptop.getByText('You signed out on this device')).toBeHidden()
  await laptop.getByText('Recently signed out').click()
  await expect(laptop.getByText('You signed out on this device')).toBeVisible()

  await signOutRow(laptop, 'Firefox on Linux')
  const ended = laptop.getByRole('list', { name: 'Recently signed out' })
  const firefoxRow = ended.getByRole('listitem').filter({ hasText: 'Firefox on Linux' })
  await expect(firefoxRow).toContainText('Signed out by you from Chrome on Linux')
  await expect(firefoxRow).toContainText('Ended just now')

  await phone.goto('/security')
  await phone.getByLabel('Current password').fill(password)
  await phone.getByLabel('New password').fill('battery staple horse correct')
  await phone.getByRole('button', { name: 'Change password' }).click()
  await expect(phone.getByText('Password changed. 1 other device was signed out.').first()).toBeVisible()
  await phone.goto('/')
  await phone.getByText('Recently signed out').click()
  await expect(row(phone, 'Chrome on Linux').filter({ hasText: 'when the password was changed' })).toBeVisible()
})

test('an old copy of a token that came back is told with its address and time', async ({
  person,
  newDevice,
  server,
}) => {
  await person.device({ userAgent: firefox })
  const phone = await person.device({ userAgent: iphone })
  const copy = (await phone.context().cookies()).find(({ name }) => name === 'refresh')?.value
  for (let rotation = 0; rotation < 2; rotation++) {
    await phone.context().clearCookies({ name: 'access' })
    await phone.reload()
    await expect(phone.getByText('This device', { exact: true })).toBeVisible()
  }
  const stolen = await fetch(`${server.url}/trpc/auth.current`, {
    headers: { cookie: `refresh=${copy}`, 'x-forwarded-for': '198.51.100.66' },
  })
  expect(await stolen.json()).toEqual({ result: { data: null } })
  await expect(phone.getByRole('alertdialog', { name: 'Your session has ended' })).toBeVisible()

  const laptop = await newDevice()
  await laptop.goto('/')
  await signIn(laptop, person.email)
  await laptop.getByText('Recently signed out').click()
  await expect(row(laptop, 'Safari on iPhone')).toContainText(
    /Security: an old copy of this device's token was used from 198\.51\.100\.66 at \d{1,2}:\d\d/,
  )
  // The theft ended every session: this one's own token was in nobody else's hands.
  await expect(row(laptop, 'Firefox on Linux')).toContainText(
    "Security: signed out with every device, as an old copy of another one's token was used",
  )
})

test('a device nobody recognises is signed out, the password changed, and the second factors reviewed', async ({
  person,
}) => {
  // The whole path in one go.
  test.slow()
  await person.device({ userAgent: iphone, ipAddress: '203.0.113.7' })
  const stranger = await person.device({ userAgent: firefox })
  const page = await person.device()
  await setUpApp(page)
  await saveCodes(page)
  await page.getByRole('link', { name: 'Devices' }).click()
  await page.getByRole('button', { name: 'Details of Safari on iPhone' }).click()
  await row(page, 'Safari on iPhone').getByRole('button', { name: "I don't recognise this device" }).click()
  const dialog = page.getByRole('dialog', { name: 'Secure your account' })
  await expect(dialog).toContainText('Step 1 of 3')
  await expect(dialog).toContainText('203.0.113.7 · Berlin, Germany (approximate)')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(row(page, 'Safari on iPhone')).toBeVisible()

  await row(page, 'Safari on iPhone').getByRole('button', { name: "I don't recognise this device" }).click()
  await dialog.getByRole('button', { name: 'Sign it out' }).click()
  await expect(dialog.getByRole('heading', { name: 'Change your password' })).toBeFocused()
  await expect(dialog).toContainText('Step 2 of 3')
  await dialog.getByRole('link', { name: 'Change password' }).click()

  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeFocused()
  await expect(page.getByText('Step 2 of 3: choose a new password.')).toBeVisible()
  await expect(page.getByLabel('Sign out all other devices')).toBeChecked()
  await page.getByLabel('Current password').fill(password)
  await page.getByLabel('New password').fill('battery staple horse correct')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Password changed. 1 other device was signed out.').first()).toBeVisible()
  await expect(stranger.getByRole('alertdialog', { name: 'Your session has ended' })).toBeVisible()

  const review = page.getByRole('region', { name: 'Second step' })
  await expect(review).toContainText('Step 3 of 3')
  await expect(page.getByRole('heading', { name: 'Review your second step' })).toBeFocused()
  const factors = review.getByRole('list', { name: 'How your account is protected' })
  await expect(factors.getByRole('listitem')).toHaveText([
    /^Authenticator app\s*In use since .* New since that device\s*Show$/,
    /^Passkeys\s*None\.\s*Show$/,
    /^Recovery codes\s*10 of 10 left\s*Show$/,
  ])
  await page.setViewportSize({ width: 390, height: 844 })
  const fits = () => factors.evaluate((list) => list.getBoundingClientRect().right <= innerWidth)
  await expect.poll(fits).toBe(true)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  await factors.getByRole('button', { name: 'Show: Authenticator app' }).click()
  await expect(page.getByRole('heading', { name: 'Authenticator app', exact: true })).toBeFocused()
  await page.getByRole('button', { name: 'Remove authenticator app' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(factors).not.toContainText('New since')
  await expect(review).toContainText('Nothing stands behind your password yet.')

  await review.getByRole('link', { name: 'Review your activity' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Activity' })).toBeFocused()
  await expect(page.getByText('Signed out Safari on iPhone, using Chrome on Linux')).toBeVisible()
  await page.goBack()
  await review.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeFocused()
  await expect(page.getByText('Whoever used that device is locked out.').first()).toBeVisible()
})

test('the guided path can be left after the first step', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device()
  await page.getByRole('button', { name: 'Details of Safari on iPhone' }).click()
  await page.getByRole('button', { name: "I don't recognise this device" }).click()
  const dialog = page.getByRole('dialog', { name: 'Secure your account' })
  await dialog.getByRole('button', { name: 'Sign it out' }).click()
  await dialog.getByRole('button', { name: 'Not now' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeFocused()
  await expect(page.getByText("You're only signed in here.")).toBeVisible()
})

test('a place is told where the operator’s database knows one, and left out elsewhere', async ({ person }) => {
  await person.device({ userAgent: iphone, ipAddress: '203.0.113.7' })
  const page = await person.device({ ipAddress: '198.51.100.7' })
  await expect(row(page, 'Safari on iPhone')).toContainText('203.0.113.7 · Berlin, Germany (approximate)')
  const here = page.getByRole('region', { name: 'This device' })
  await expect(here).toContainText('Active now · 198.51.100.7')
  await expect(page.getByRole('main')).not.toContainText(/unknown|\(\)|null/i)
  await expect(here).not.toContainText('approximate')
})
