import type { Locator, Page } from '@playwright/test'
import { expect, iphone, password, row, signIn, test } from './latchkey.ts'

/** Presses Tab until that has the focus, as somebody without a mouse would. */
async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await target.page().keyboard.press(key)
  }
  await expect(target).toBeFocused()
}

/** What has the focus can be seen to have it. */
async function seesFocus(target: Locator): Promise<void> {
  await expect(target).toBeFocused()
  const { outlineStyle, outlineWidth } = await target.evaluate((element) => getComputedStyle(element))
  expect(outlineStyle).toBe('solid')
  expect(Number.parseFloat(outlineWidth)).toBeGreaterThanOrEqual(2)
}

const title = (page: Page) => page.getByRole('heading', { level: 1 })

test('signing in takes nothing but the keyboard, and the first Tab skips the navigation', async ({
  newDevice,
  person,
}) => {
  const page = await newDevice()
  await page.goto('/')
  await tabTo(page.getByLabel('E-mail'))
  await page.keyboard.type(person.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await expect(title(page)).toHaveText('Your devices')
  await page.reload()
  await expect(page.getByText('This device', { exact: true })).toBeVisible()

  const skip = page.getByRole('link', { name: 'Skip to content' })
  expect((await skip.boundingBox())?.width).toBeLessThan(4)
  await page.keyboard.press('Tab')
  await seesFocus(skip)
  expect((await skip.boundingBox())?.width).toBeGreaterThan(100)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('main').locator(':focus')).toHaveCount(1)
})

test('activity is read, narrowed, saved and questioned by keyboard alone', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device()
  const link = page.getByRole('link', { name: 'Activity' })
  await tabTo(link)
  await seesFocus(link)
  await page.keyboard.press('Enter')
  await expect(title(page)).toHaveText('Activity')
  await expect(title(page)).toBeFocused()

  await tabTo(page.getByText('Show as a table'))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('columnheader', { name: 'Sign-ins' })).toBeVisible()
  const show = page.getByLabel('Show')
  await tabTo(show)
  await page.keyboard.press('ArrowDown')
  await expect(page).toHaveURL(/\/activity\?show=sign-ins$/)
  await seesFocus(show)
  await tabTo(page.getByRole('button', { name: 'Download CSV' }))
  const saved = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  await saved
  await tabTo(page.getByRole('button', { name: 'Clear filters' }), 'Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/activity$/)
  // The button went with what it did: the keyboard goes on from the filters, not from the top of the page.
  await expect(show).toBeFocused()

  const question = page.getByRole('link', { name: 'Was this you? Signed in from Safari on iPhone' })
  await tabTo(question)
  await seesFocus(question)
  await page.keyboard.press('Enter')
  await expect(title(page)).toHaveText('Security')
  await expect(title(page)).toBeFocused()
})

test('a key is made, replaced and revoked by keyboard alone', async ({ administrator, newDevice }) => {
  const page = await newDevice()
  await page.goto('/api-access')
  await signIn(page, administrator)
  const create = page.getByRole('button', { name: 'New service account' })
  await tabTo(create)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Name')).toBeFocused()
  await page.keyboard.press('Escape')
  await seesFocus(create)

  await page.keyboard.press('Enter')
  await page.keyboard.type('Keyboard export')
  await page.keyboard.press('Tab')
  await page.keyboard.type('orders:read')
  await page.keyboard.press('Enter')
  const shown = page.getByRole('dialog', { name: 'The key of Keyboard export' })
  await expect(shown.getByRole('button', { name: 'Copy the key' })).toBeFocused()
  await tabTo(shown.getByRole('button', { name: "I've saved it" }))
  await page.keyboard.press('Enter')
  await expect(create).toBeFocused()

  const add = page.getByRole('button', { name: 'Add a key to Keyboard export' })
  await tabTo(add)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('The key expires after')).toBeFocused()
  await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Add a key' }))
  await page.keyboard.press('Enter')
  const saved = page.getByRole('dialog').getByRole('button', { name: "I've saved it" })
  await tabTo(saved)
  await page.keyboard.press('Enter')
  const account = row(page, 'Keyboard export').first()
  await expect(account.getByText('Both keys work.')).toBeVisible()

  const revoke = account.getByRole('button', { name: /^Revoke lk_…\S+ of Keyboard export$/ })
  await tabTo(revoke.first())
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(revoke).toHaveCount(1)
  // The keyboard stays at the account whose key it was.
  await expect(account).toBeFocused()

  await tabTo(account.getByRole('button', { name: 'Remove Keyboard export' }))
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Keyboard export was removed.').first()).toBeVisible()
  await expect(title(page)).toBeFocused()
})

test('menus open, move and close by keyboard, and a chosen theme stays', async ({ person }) => {
  const page = await person.device({ colorScheme: 'light' })
  const theme = page.getByRole('button', { name: 'Theme' })
  await tabTo(theme)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitemradio', { name: 'System' })).toHaveAttribute('aria-checked', 'true')
  await page.keyboard.press('Escape')
  await expect(theme).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page.getByRole('menuitemradio', { name: 'Dark' }), 'ArrowDown')
  await page.keyboard.press('Enter')
  const scheme = () => page.evaluate(() => document.documentElement.dataset.mantineColorScheme)
  await expect.poll(scheme).toBe('dark')
  await page.reload()
  await expect(title(page)).toBeVisible()
  expect(await scheme()).toBe('dark')
})

test('on a phone the navigation is a drawer that takes the focus and gives it back', async ({ person }) => {
  const page = await person.device({ userAgent: iphone, viewport: { width: 390, height: 844 } })
  const open = page.getByRole('button', { name: 'Open navigation' })
  await tabTo(open)
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog')
  await expect(drawer.getByRole('link', { name: 'Devices' })).toHaveAttribute('aria-current', 'page')
  await page.keyboard.press('Escape')
  await expect(open).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(drawer.getByRole('link', { name: 'Security' }))
  await page.keyboard.press('Enter')
  await expect(drawer).toHaveCount(0)
  await expect(title(page)).toHaveText('Security')
  await expect(title(page)).toBeFocused()
})
