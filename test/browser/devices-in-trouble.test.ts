import type { Page } from '@playwright/test'
import { expect, iphone, row, signOutRow, test } from './latchkey.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** Keeps the page from hearing at once what happens on other devices. */
const deafen = (page: Page) => page.route('**/trpc/session.watch**', (route) => route.abort())

test('while a device is signed out its row says so, the rest stays usable, and the focus goes on to the next', async ({
  person,
}) => {
  await person.device({ userAgent: iphone })
  await person.device({ userAgent: firefox })
  const page = await person.device()
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route('**/trpc/session.revoke?**', async (route) => {
    await held
    await route.continue()
  })
  await signOutRow(page, 'Firefox on Linux')
  const leaving = row(page, 'Firefox on Linux')
  const button = leaving.getByRole('button', { name: 'Signing out… Firefox on Linux' })
  await expect(button).toBeVisible()
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await expect(leaving).toHaveAttribute('aria-busy', 'true')
  await button.click({ force: true })
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await row(page, 'Safari on iPhone').getByRole('button', { name: 'Details of Safari on iPhone' }).click()
  await expect(row(page, 'Safari on iPhone').getByText('Reference')).toBeVisible()
  await button.focus()
  letGo()

  await expect(leaving).toHaveCount(0)
  await expect(row(page, 'Safari on iPhone')).toBeFocused()
  // Read by a screen reader when it can, and once.
  const said = page.getByRole('status').filter({ hasText: 'Firefox on Linux was signed out.' })
  await expect(said).toHaveCount(1)
  await expect(said.getByRole('alert')).toHaveCount(0)
})

test('a device that could not be signed out keeps its row, says so there, and is tried again', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device()
  await page.route('**/trpc/session.revoke?**', (route) => route.abort())
  await signOutRow(page, 'Safari on iPhone')
  const kept = row(page, 'Safari on iPhone')
  await expect(kept.getByRole('alert')).toContainText(
    "Safari on iPhone is still signed in. The server can't be reached. Check your connection and try again.",
  )
  await expect(kept.getByRole('button', { name: 'Sign out Safari on iPhone' })).toBeEnabled()
  await page.unroute('**/trpc/session.revoke?**')
  await kept.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('Safari on iPhone was signed out.').first()).toBeVisible()
  await expect(page.getByText("You're only signed in here.")).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
})

test('signing out what is signed out already is a success', async ({ person }) => {
  const phone = await person.device({ userAgent: iphone })
  const page = await person.device()
  await deafen(page)
  await page.reload()
  await expect(row(page, 'Safari on iPhone')).toBeVisible()
  await phone.getByRole('button', { name: 'Sign out this device' }).click()
  await expect(phone.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()

  await signOutRow(page, 'Safari on iPhone')
  await expect(page.getByText('Safari on iPhone was signed out.').first()).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(page.getByText("You're only signed in here.")).toBeVisible()
})

test('a list that did not load is a card with a reference for the operator, and loads on Retry', async ({ person }) => {
  const page = await person.device()
  // What the server says of anything unforeseen, to each of the calls that travel together.
  await page.route('**/trpc/session.list**', (route) => {
    const data = { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500, reason: 'INTERNAL_ERROR', requestId: 'b7f0c1d2' }
    const calls = new URL(route.request().url()).pathname.split(',').length
    const error = { error: { message: 'INTERNAL_ERROR', code: -32603, data } }
    return route.fulfill({ status: 500, json: Array(calls).fill(error) })
  })
  await page.reload()
  const card = page.getByRole('alert')
  await expect(card).toContainText("This didn't load")
  await expect(card).toContainText('Something went wrong on our side. Try again.')
  await expect(card).toContainText('Reference: b7f0c1d2')
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  await expect(page.getByRole('navigation')).toBeVisible()
  await page.unroute('**/trpc/session.list**')
  await card.getByRole('button', { name: 'Retry' }).click()
  await expect(page.getByText('This device', { exact: true })).toBeVisible()
})

test('rows without content stand in for a list that takes more than 200 ms', async ({ person }) => {
  const page = await person.device()
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route('**/trpc/session.list**', async (route) => {
    await held
    await route.continue()
  })
  await page.reload()
  const waiting = page.locator('main [aria-busy]').first()
  await expect(waiting).toContainText('Loading…')
  const [fade] = await waiting.evaluate((element) => element.getAnimations().map(({ effect }) => effect?.getTiming()))
  expect(fade).toMatchObject({ delay: 200, fill: 'backwards' })
  letGo()
  await expect(page.getByText('This device', { exact: true })).toBeVisible()
  await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0)
})

test('tabs of one browser leave and come back together', async ({ person }) => {
  const first = await person.device()
  const second = await first.context().newPage()
  await second.goto('/activity')
  await expect(second.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
  await first.getByRole('button', { name: 'Sign out this device' }).click()
  await expect(first.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  const ended = second.getByRole('alertdialog', { name: 'Your session has ended' })
  await expect(ended.getByRole('link', { name: 'Sign in again' })).toBeFocused()
  // It covers everything, and nothing of the account is left behind it.
  await second.keyboard.press('Escape')
  await expect(ended).toBeVisible()
  await expect(second.getByText(person.email)).toHaveCount(0)

  await first.getByLabel('E-mail').fill(person.email)
  await first.getByLabel('Password', { exact: true }).fill('correct horse battery staple')
  await first.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(second.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
  await expect(ended).toHaveCount(0)
})

test('a name given in one tab is read in the other', async ({ person }) => {
  const first = await person.device()
  const second = await first.context().newPage()
  await second.goto('/')
  await expect(second.getByRole('heading', { level: 2, name: /^Chrome on Linux/ })).toBeVisible()
  await first.getByRole('button', { name: 'Rename Chrome on Linux' }).click()
  await first.getByRole('textbox', { name: 'Name' }).fill('Desk')
  await first.getByRole('button', { name: 'Save' }).click()
  await expect(second.getByRole('heading', { level: 2, name: /^Desk/ })).toBeVisible()
  await expect(second.getByRole('region', { name: 'This device' })).toContainText('Chrome on Linux')
})

test('being offline is said, and so is being back by saying nothing', async ({ person }) => {
  const page = await person.device()
  await page.context().setOffline(true)
  const banner = page.getByText("You're offline. What you see may be out of date.")
  await expect(banner).toBeVisible()
  await page.context().setOffline(false)
  await expect(banner).toHaveCount(0)
})
