import type { Page } from '@playwright/test'
import { addPasskey, anHourLater, nextCode, saveCodes, setUpApp, withAuthenticator } from './credentials.ts'
import { expect, password, test } from './latchkey.ts'

test.describe.configure({ timeout: 60_000 })

const question = (page: Page) => page.getByRole('dialog', { name: "Confirm it's you" })

test('what only the owner may do waits for the password, and goes on by itself', async ({ person, server }) => {
  const page = await person.device()
  await anHourLater(server, page)
  await page.goto('/security')
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  await expect(question(page).getByLabel('Password', { exact: true })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(question(page)).toBeHidden()
  await expect(page.getByText('Nothing was changed')).toBeVisible()

  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(question(page).getByLabel('Password', { exact: true })).toBeFocused()
  await page.keyboard.type('not my password')
  await page.keyboard.press('Enter')
  await expect(question(page).getByLabel('Password', { exact: true })).toHaveAccessibleDescription(
    "That isn't your current password.",
  )
  const begun: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('account.beginAuthenticatorApp')) begun.push(request.url())
  })
  await question(page).getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Set up an authenticator app' })).toBeVisible()
  await expect(question(page)).toBeHidden()
  expect(begun).toHaveLength(1)
})

test('a change of password takes the password that was typed for the proof', async ({ person, server }) => {
  const page = await person.device()
  await anHourLater(server, page)
  await page.goto('/security')
  await page.getByLabel('New password').fill('battery staple horse correct')
  await page.getByLabel('Current password').fill('not my password')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText("That isn't your current password.")).toBeVisible()
  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Password changed.').first()).toBeVisible()
  await expect(question(page)).toBeHidden()
})

test('beside a second factor only its code is missing, and a passkey is enough alone', async ({ person, server }) => {
  const page = await person.device()
  await withAuthenticator(page)
  await addPasskey(page, 'Key')
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' })
  const secret = ((await dialog.locator('code').textContent()) ?? '').replaceAll(' ', '')
  await page.keyboard.type(nextCode(secret))
  await expect(page.getByText(/^In use since/)).toBeVisible()

  await anHourLater(server, page)
  await page.goto('/security')
  await page.getByRole('button', { name: 'Remove passkey Key' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await question(page).getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByText('No passkeys yet.')).toBeVisible()
})

test('the second step of a proof is taken by keyboard, with a recovery code', async ({ person, server }) => {
  const page = await person.device()
  await setUpApp(page)
  const [code = ''] = await saveCodes(page)
  await anHourLater(server, page)
  await page.goto('/security')
  await page.getByLabel('Current password').fill(password)
  await page.getByLabel('New password').fill('battery staple horse correct')
  await page.keyboard.press('Enter')
  await expect(question(page).getByLabel('Digit 1 of 6')).toBeFocused()
  await question(page).getByRole('button', { name: 'Use a recovery code' }).focus()
  await page.keyboard.press('Enter')
  await expect(question(page).getByLabel('Recovery code')).toBeFocused()
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Password changed.').first()).toBeVisible()
  await expect(page.getByText('9 of 10 left')).toBeVisible()
})
