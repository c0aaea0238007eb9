import type { Page } from '@playwright/test'
import { settled, violations } from './axe.ts'
import { addPasskey, anHourLater, nextCode, saveCodes, withAuthenticator } from './credentials.ts'
import { expect, signIn, test } from './latchkey.ts'

// Reading whole pages takes its time.
test.describe.configure({ timeout: 120_000 })

async function isSound(page: Page, what: string): Promise<void> {
  await settled(page)
  expect(await violations(page), what).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} fits`).toBe(true)
  const wide = await page.evaluate(
    () => [...document.querySelectorAll('dialog')].filter((dialog) => dialog.scrollWidth > dialog.clientWidth).length,
  )
  expect(wide, `the dialog of ${what} fits`).toBe(0)
}

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 390]) {
    const look = { colorScheme, viewport: { width, height: 844 } }

    test(`no page of a mailed link breaks WCAG 2.2 AA in ${colorScheme} at ${width} px`, async ({ newDevice }) => {
      const page = await newDevice(look)
      await page.goto('/forgot-password')
      await page.getByLabel('E-mail').fill('nobody@example.com')
      await page.getByRole('button', { name: 'Send the link' }).click()
      await expect(page.getByText('If an account exists')).toBeVisible()
      await isSound(page, 'forgotten password')

      await page.goto('/reset-password#no-such-token')
      await page.getByLabel('New password').fill('passwordpassword')
      await expect(page.getByText(/^Strength: /)).toBeVisible()
      await isSound(page, 'new password')
      await page.getByLabel('New password').fill('correct horse battery staple')
      await page.getByRole('button', { name: 'Change password' }).click()
      await expect(page.getByRole('link', { name: 'Ask for a new link' })).toBeVisible()
      await isSound(page, 'refused link')

      for (const path of ['/confirm-sign-up', '/confirm-email']) {
        await page.goto(`${path}#no-such-token`)
        await expect(page.getByRole('button', { name: /^(Create account|Confirm)$/ })).toBeVisible()
        await isSound(page, path)
        await page.getByRole('button', { name: /^(Create account|Confirm)$/ }).click()
        await expect(page.getByRole('alert')).toBeVisible()
        await isSound(page, `${path}, refused`)
      }
    })

    test(`no part of the Security page breaks it in ${colorScheme} at ${width} px`, async ({
      person,
      newDevice,
      server,
    }) => {
      const page = await person.device(look)
      await withAuthenticator(page)
      await addPasskey(page, 'Work laptop')
      await page.getByRole('button', { name: 'Rename passkey Work laptop' }).click()
      await isSound(page, 'name of a passkey')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Set up authenticator app' }).click()
      const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' })
      await expect(dialog.getByRole('img', { name: /^QR code/ })).toBeVisible()
      await isSound(page, 'authenticator app')
      const secret = ((await dialog.locator('code').textContent()) ?? '').replaceAll(' ', '')
      await page.keyboard.type('000000')
      await expect(dialog.getByRole('alert').filter({ hasText: "isn't right" })).toBeVisible()
      await isSound(page, 'refused code')
      await page.keyboard.type(nextCode(secret))
      await expect(page.getByText(/^In use since/)).toBeVisible()
      await page.getByRole('button', { name: 'New set of recovery codes' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'New set' }).click()
      await expect(page.getByLabel("I've saved these")).toBeVisible()
      await isSound(page, 'recovery codes')
      await saveCodes(page)
      await page.getByRole('button', { name: 'Change address' }).click()
      await page.getByLabel('New e-mail address').fill('new@example.com')
      await isSound(page, 'change of address')
      await page.getByRole('button', { name: 'Send the links' }).click()
      await expect(page.getByText('Waiting for the links')).toBeVisible()
      await page.getByRole('button', { name: 'Delete account' }).click()
      await page.getByRole('button', { name: 'Delete my account' }).click()
      await isSound(page, 'deletion')
      await page.keyboard.press('Escape')
      await isSound(page, 'security')

      const other = await newDevice(look)
      await other.goto('/')
      await signIn(other, person.email)
      await expect(other.getByLabel('Digit 1 of 6')).toBeFocused()
      await isSound(other, 'second step')
      await other.getByRole('button', { name: 'Use a recovery code' }).click()
      await isSound(other, 'recovery code')

      await anHourLater(server, page)
      await page.goto('/security')
      await page.getByRole('button', { name: 'Remove authenticator app' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
      await expect(page.getByRole('dialog', { name: "Confirm it's you" })).toBeVisible()
      await isSound(page, 'proof')
    })
  }
