import { nextCode, saveCodes, setUpApp } from './credentials.ts'
import { expect, signIn, test } from './latchkey.ts'

test('an authenticator app is set up with its code, and asked for at the next sign-in', async ({
  person,
  newDevice,
}) => {
  const page = await person.device()
  const secret = await setUpApp(page)
  const codes = page.getByRole('dialog', { name: 'Save your recovery codes' })
  await page.keyboard.press('Escape')
  await expect(codes).toBeVisible()
  await expect(codes.getByRole('button', { name: 'Done' })).toBeDisabled()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    codes.getByRole('button', { name: 'Download' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('latchkey-recovery-codes.txt')
  await saveCodes(page)
  await expect(page.getByText(/^In use since/)).toBeVisible()
  await expect(page.getByText('10 of 10 left')).toBeVisible()

  const phone = await newDevice()
  await phone.goto('/')
  await signIn(phone, person.email)
  await expect(phone.getByRole('heading', { level: 1, name: 'One more step' })).toBeVisible()
  await expect(phone.getByLabel('Digit 1 of 6')).toBeFocused()
  const right = nextCode(secret)
  await phone.keyboard.type(right.replace(/./g, (digit) => String((Number(digit) + 1) % 10)))
  await expect(phone.getByRole('alert').filter({ hasText: "That code isn't right" })).toBeVisible()
  await expect(phone.getByLabel('Digit 1 of 6')).toBeFocused()
  await expect(phone.getByLabel('Digit 1 of 6')).toHaveValue('')
  await phone.keyboard.type(right)
  await expect(phone.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  await expect(phone.getByText(/with password and authenticator app/).first()).toBeVisible()
})

test('a recovery code stands in for a lost phone, once', async ({ person, newDevice }) => {
  const page = await person.device()
  await setUpApp(page)
  const [code = ''] = await saveCodes(page)

  const device = await newDevice()
  const withCode = async () => {
    await device.goto('/')
    await signIn(device, person.email)
    await device.getByRole('button', { name: 'Use a recovery code' }).click()
    await expect(device.getByLabel('Recovery code')).toBeFocused()
    await device.keyboard.type(code.toLowerCase())
    await device.keyboard.press('Enter')
  }
  await withCode()
  await expect(device.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  await device.goto('/security')
  await expect(device.getByText('9 of 10 left')).toBeVisible()
  await device.goto('/activity')
  await expect(device.getByText(/^Recovery code used/)).toBeVisible()

  await device.goto('/')
  await device.getByRole('button', { name: 'Sign out this device' }).click()
  await expect(device.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  await withCode()
  await expect(device.getByLabel('Recovery code')).toHaveAccessibleDescription(/^That code isn't right/)
  await expect(device.getByLabel('Recovery code')).toBeFocused()
})

test('a pasted code is enough, and somebody else can start over', async ({ person, newDevice }) => {
  const secret = await setUpApp(await person.device())
  const page = await newDevice()
  await page.goto('/')
  await signIn(page, person.email)
  await page.getByRole('button', { name: 'Use another account' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  await signIn(page, person.email)
  await expect(page.getByLabel('Digit 1 of 6')).toBeFocused()
  await page.getByLabel('Digit 1 of 6').evaluate((field, code) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', `${code.slice(0, 3)} ${code.slice(3)}`)
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, nextCode(secret))
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
})

test('an app is removed, and a second set of recovery codes replaces the first', async ({ person }) => {
  const page = await person.device()
  await setUpApp(page)
  const first = await saveCodes(page)
  await page.getByRole('button', { name: 'New set of recovery codes' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'New set' }).click()
  expect(await saveCodes(page)).not.toEqual(first)

  await page.getByRole('button', { name: 'Remove authenticator app' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('Not set up.')).toBeVisible()
  await expect(page.getByText('10 of 10 left')).toBeHidden()
  await expect(page.getByRole('heading', { name: 'Authenticator app' })).toBeFocused()
})
