import { settled, violations } from './axe.ts'
import { expect, iphone, signIn, test } from './latchkey.ts'

// Reading whole pages takes its time.
test.describe.configure({ timeout: 150_000 })

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 390]) {
    const look = { colorScheme, viewport: { width, height: 844 } }

    test(`no page breaks WCAG 2.2 AA in ${colorScheme} at ${width} px`, async ({ person, newDevice }) => {
      const outside = await newDevice(look)
      for (const [path, heading] of [
        ['/sign-in', 'Sign in'],
        ['/sign-up', 'Create your account'],
      ] as const) {
        await outside.goto(path)
        await expect(outside.getByRole('heading', { level: 1, name: heading })).toBeVisible()
        expect(await violations(outside), path).toEqual([])
      }

      await person.device({ userAgent: iphone })
      const page = await person.device(look)
      for (const [path, heading] of [
        ['/', 'Your devices'],
        ['/security', 'Security'],
        ['/security?after=factors', 'Security'],
        ['/activity', 'Activity'],
        ['/api-access', 'API access'],
      ] as const) {
        await page.goto(path)
        await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
        expect(await violations(page), path).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} fits`).toBe(true)
      }

      await page.goto('/activity?show=failures&days=7')
      await expect(page.getByText('Nothing of this kind happened')).toBeVisible()
      await page.getByText('Show as a table').click()
      expect(await violations(page), 'filtered activity').toEqual([])

      await page.goto('/')
      await page.getByRole('button', { name: 'Theme' }).click()
      await settled(page)
      expect(await violations(page), 'themes').toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /^Account:/ }).click()
      await settled(page)
      expect(await violations(page), 'account').toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Details of Safari on iPhone' }).click()
      expect(await violations(page), 'details').toEqual([])
      await page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click()
      await expect(page.getByRole('alertdialog')).toBeVisible()
      await settled(page)
      expect(await violations(page), 'dialog').toEqual([])
      await page.getByRole('button', { name: 'Cancel' }).click()

      await person.device({ userAgent: iphone })
      await expect(page.getByText('New sign-in: Safari on iPhone')).toBeVisible()
      await settled(page)
      expect(await violations(page), 'news').toEqual([])
    })

    test(`API access and a session that has ended break nothing in ${colorScheme} at ${width} px`, async ({
      administrator,
      newDevice,
    }) => {
      const page = await newDevice(look)
      await page.goto('/api-access')
      await signIn(page, administrator)
      await page.getByRole('button', { name: 'New service account' }).click()
      await page.getByLabel('Name').fill(`Export ${colorScheme} ${width}`)
      await settled(page)
      await page.getByRole('button', { name: 'Create', exact: true }).click()
      expect(await violations(page), 'refused form').toEqual([])
      await page.getByRole('textbox', { name: 'Scopes' }).fill('orders:read')
      await page.getByRole('button', { name: 'Create', exact: true }).click()
      await expect(page.getByRole('dialog', { name: /^The key of/ })).toBeVisible()
      await settled(page)
      expect(await violations(page), 'key').toEqual([])
      await page.getByRole('button', { name: "I've saved it" }).click()
      expect(await violations(page), 'accounts').toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'accounts fit').toBe(true)

      const other = await newDevice()
      await other.goto('/')
      await signIn(other, administrator)
      await other.getByRole('button', { name: 'Sign out all other devices' }).click()
      await other.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
      await expect(page.getByRole('alertdialog', { name: 'Your session has ended' })).toBeVisible()
      await settled(page)
      expect(await violations(page), 'ended').toEqual([])
    })
  }
