import type { Page } from '@playwright/test'
import { expect, iphone, test } from './latchkey.ts'

/** Opens a page and waits until it hears of changes. */
async function follow(page: Page, path: string): Promise<void> {
  const stream = page.waitForResponse((response) => response.url().includes('/trpc/session.watch'))
  await page.goto(path)
  await stream
}

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

const row = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name })

test('a device signed out from another one locks its open page within a second, and comes back to where it was', async ({
  person,
}) => {
  const phone = await person.device({ userAgent: iphone, viewport: { width: 390, height: 844 } })
  await follow(phone, '/activity')
  const laptop = await person.device()
  await laptop.getByRole('button', { name: 'Sign out Safari on iPhone' }).click()
  await laptop.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
  await expect(laptop.getByText('Safari on iPhone was signed out.').first()).toBeVisible()

  const ended = phone.getByRole('alertdialog', { name: 'Your session has ended' })
  await expect(ended).toBeVisible({ timeout: 1_000 })
  await expect(ended).toContainText("You've been signed out. Sign in again to continue.")
  await expect(phone.getByRole('heading', { name: 'Activity' })).toHaveCount(0)

  await ended.getByRole('link', { name: 'Sign in again' }).click()
  await phone.getByLabel('E-mail').fill(person.email)
  await phone.getByLabel('Password', { exact: true }).fill('correct horse battery staple')
  await phone.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(phone.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
})

test('a sign-in elsewhere announces itself, and its review leads to the new device', async ({ person }) => {
  const laptop = await person.device()
  await follow(laptop, '/security')
  await person.device({ userAgent: iphone })

  await expect(laptop.getByText('New sign-in: Safari on iPhone')).toBeVisible()
  await laptop.getByRole('button', { name: 'Review' }).click()
  await expect(laptop.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  await expect(row(laptop, 'Safari on iPhone')).toBeFocused()
  await expect(laptop.getByText('2 devices')).toBeVisible()
})

test('rows stay where they are while the pointer is over them', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const laptop = await person.device()
  await follow(laptop, '/')
  const first = row(laptop, 'Safari on iPhone')
  await first.hover()
  const before = await first.boundingBox()
  await person.device({ userAgent: firefox })
  await expect(row(laptop, 'Firefox on Linux')).toBeVisible()

  expect(await first.boundingBox()).toEqual(before)
  await laptop.getByRole('heading', { level: 1 }).hover()
  await expect(laptop.getByRole('list', { name: 'Other devices' }).getByRole('listitem').first()).toContainText(
    'Firefox on Linux',
  )
})

test('one tab of a browser listens for all of them', async ({ person }) => {
  const laptop = await person.device()
  await follow(laptop, '/')
  const second = await laptop.context().newPage()
  const streams: string[] = []
  second.on('request', (request) => {
    if (request.url().includes('session.watch')) streams.push(request.url())
  })
  await second.goto('/')
  await expect(second.getByText("You're only signed in here.")).toBeVisible()
  await person.device({ userAgent: iphone })

  await expect(row(second, 'Safari on iPhone')).toBeVisible()
  await expect(row(laptop, 'Safari on iPhone')).toBeVisible()
  expect(streams).toEqual([])

  const takesOver = second.waitForRequest((request) => request.url().includes('session.watch'))
  await laptop.close()
  await takesOver
})
