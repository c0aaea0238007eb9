import type { Page } from '@playwright/test'
import { expect, iphone, signIn, test } from './latchkey.ts'

const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)

/** Controls and texts of which a part is beyond the side of the page, cut off, or too small to hit with a finger. */
function lost(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll<HTMLElement>('a, button, input, select, summary, p, h1, h2, h3, dd')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      // What is only for screen readers, or comes with the focus.
      .filter((element) => element.clientWidth > 4 || getComputedStyle(element).display === 'inline')
    const beyond = shown.filter((element) => {
      const { left, right } = element.getBoundingClientRect()
      return left < 0 || right > innerWidth + 0.5
    })
    const cut = shown.filter(
      (element) =>
        element.scrollWidth > element.clientWidth + 1 &&
        !['visible', 'auto', 'scroll'].includes(getComputedStyle(element).overflowX) &&
        element.tagName !== 'INPUT' &&
        element.tagName !== 'SELECT',
    )
    return [...beyond, ...cut].map(({ tagName, textContent }) => `${tagName} ${textContent?.slice(0, 60)}`)
  })
}

// 1280 px at 200 % and at 400 % (WCAG 1.4.10).
for (const width of [640, 320]) {
  test(`nothing is lost at ${width} px, as when the page is enlarged`, async ({ newDevice, person, administrator }) => {
    test.setTimeout(60_000)
    const viewport = { width, height: 720 }
    const outside = await newDevice({ viewport })
    for (const path of ['/sign-in', '/sign-up']) {
      await outside.goto(path)
      await expect(outside.getByRole('heading', { level: 1 })).toBeVisible()
      expect(await lost(outside), path).toEqual([])
      expect(await fits(outside), path).toBe(true)
    }

    await person.device({ userAgent: iphone, ipAddress: '203.0.113.7' })
    const page = await person.device({ viewport })
    await page.getByRole('button', { name: 'Rename Chrome on Linux' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('A'.repeat(60))
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('heading', { level: 2, name: /^A{60}/ })).toBeVisible()
    await page.getByRole('button', { name: 'Details of Safari on iPhone' }).click()
    await page.getByText('Recently signed out').click()
    await expect(page.getByText('You signed out on this device')).toBeVisible()
    expect(await lost(page), 'devices').toEqual([])
    expect(await fits(page), 'devices').toBe(true)
    await page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click()
    expect(await lost(page), 'question').toEqual([])
    await page.keyboard.press('Escape')
    for (const [path, landmark] of [
      ['/security', page.getByLabel('New password')],
      ['/activity', page.getByText(/events shown/)],
    ] as const) {
      await page.goto(path)
      await expect(landmark).toBeVisible()
      expect(await lost(page), path).toEqual([])
      expect(await fits(page), path).toBe(true)
    }

    const admin = await newDevice({ viewport })
    await admin.goto('/api-access')
    await signIn(admin, administrator)
    await admin.getByRole('button', { name: 'New service account' }).click()
    await admin.getByLabel('Name').fill(`Reflow ${width}`)
    await admin.getByRole('textbox', { name: 'Scopes' }).fill('orders:read revocations:read')
    await admin.getByRole('button', { name: 'Create', exact: true }).click()
    await expect(admin.getByRole('dialog', { name: /^The key of/ })).toBeVisible()
    expect(await lost(admin), 'key').toEqual([])
    await admin.getByRole('button', { name: "I've saved it" }).click()
    expect(await lost(admin), 'accounts').toEqual([])
    expect(await fits(admin), 'accounts').toBe(true)
    await admin.getByRole('button', { name: `Remove Reflow ${width}` }).click()
    await admin.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await expect(admin.getByText(`Reflow ${width} was removed.`).first()).toBeVisible()
  })
}

test('whoever asks for less motion sees none', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device({ reducedMotion: 'reduce' })
  const moving = () =>
    page.evaluate(
      () =>
        document
          .getAnimations()
          .filter(({ effect }) => effect instanceof KeyframeEffect)
          .flatMap(({ effect }) => (effect as KeyframeEffect).getKeyframes())
          .filter((frame) => ['translate', 'transform', 'rotate', 'scale'].some((property) => property in frame))
          .length,
    )
  await page.getByRole('button', { name: 'Details of Safari on iPhone' }).click()
  expect(await moving()).toBe(0)
  await page.getByText('Recently signed out').click()
  expect(await moving()).toBe(0)
  await page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  expect(await moving()).toBe(0)
  const dialog = await page.getByRole('alertdialog').evaluate((element) => getComputedStyle(element).animationName)
  expect(dialog).toBe('none')
})
