import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, iphone, row, signIn, test } from './latchkey.ts'

// Several devices each sign in by the page.
test.describe.configure({ timeout: 60_000 })

const pages = [
  ['/admin', 'Overview'],
  ['/admin/users', 'Users'],
  ['/admin/sessions', 'Sessions'],
  ['/admin/audit', 'Audit'],
  ['/admin/signing-keys', 'Signing keys'],
] as const

async function violations(page: Page): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState === 'finished'))
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

async function administering(page: Page, administrator: string, path: string): Promise<Page> {
  await page.goto(path)
  await signIn(page, administrator)
  await expect(page.getByRole('navigation', { name: 'Admin' })).toBeVisible()
  return page
}

test('to everybody else the pages do not exist', async ({ person }) => {
  const page = await person.device()
  await expect(page.getByRole('link', { name: 'Security' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Admin' })).toHaveCount(0)
  for (const [path] of pages) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible()
  }
})

test('a user is found, suspended with the keyboard alone, restored, and all of it stands in the audit', async ({
  administrator,
  newDevice,
  person,
}) => {
  const theirs = await person.device({ userAgent: iphone })
  const page = await administering(await newDevice(), administrator, '/admin/users')
  await page.getByLabel('Search').fill(person.email.slice(0, -4))
  await expect(page).toHaveURL(/search=person/)
  await page.getByRole('link', { name: person.email }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: person.email })).toBeFocused()
  await expect(row(page, 'Safari on iPhone').first()).toBeVisible()

  await page.getByRole('button', { name: 'Suspend' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: `Suspend ${person.email}?` })
  await expect(dialog.getByLabel('Reason')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('Say why.')).toBeVisible()
  await page.keyboard.type('Sends spam, ticket 4711')
  await page.keyboard.press('Enter')
  await expect(page.getByText(`${person.email} is suspended.`).first()).toBeVisible()
  await expect(page.getByText('Not signed in anywhere.')).toBeVisible()
  await expect(theirs.getByRole('alertdialog', { name: 'Your session has ended' })).toBeVisible()

  await page.getByRole('button', { name: 'Lift the suspension' }).click()
  await page.getByLabel('Reason').fill('It was not them')
  await page.getByRole('dialog').getByRole('button', { name: 'Lift the suspension' }).click()
  await expect(page.getByRole('button', { name: 'Suspend' })).toBeVisible()

  await page.getByRole('link', { name: 'What was done to this account' }).click()
  const acts = page.getByRole('main').getByRole('listitem')
  await expect(acts).toHaveCount(2)
  await expect(acts.nth(1)).toContainText(`${administrator} suspended ${person.email}`)
  await expect(acts.nth(1)).toContainText('“Sends spam, ticket 4711”')
})

test('a role is given, and shows its holder what it opens and nothing else', async ({
  administrator,
  newDevice,
  person,
}) => {
  const page = await administering(await newDevice(), administrator, '/admin/users')
  await page.getByLabel('Search').fill(person.email)
  await page.getByRole('link', { name: person.email }).click()
  await page.getByRole('button', { name: 'Change role' }).click()
  await page.getByLabel('New role').selectOption('Support')
  await page.getByLabel('Reason').fill('Joins the desk')
  await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click()
  await expect(page.getByText(`${person.email} is now: Support.`).first()).toBeVisible()

  const theirs = await administering(await newDevice(), person.email, '/admin')
  const places = theirs.getByRole('navigation', { name: 'Admin' }).getByRole('link')
  await expect(places).toHaveText(['Overview', 'Users', 'Sessions'])
  await theirs.goto('/admin/audit')
  await expect(theirs.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible()
  await theirs.goto(`/admin/users?search=${administrator}`)
  await theirs.getByRole('link', { name: 'Ada Lovelace' }).click()
  await expect(theirs.getByRole('heading', { level: 1, name: 'Ada Lovelace' })).toBeVisible()
  await expect(theirs.getByRole('heading', { name: 'Actions' })).toHaveCount(0)
})

test('devices are filtered in the address, and signed out in exactly the number that was stated', async ({
  administrator,
  newDevice,
  person,
}) => {
  const network = '10.77.12'
  const first = await person.device({ ipAddress: `${network}.1` })
  await person.device({ ipAddress: `${network}.2`, userAgent: iphone })
  const page = await administering(await newDevice(), administrator, '/admin/sessions')
  await page.getByLabel('Address or network').fill(`${network}.0/24`)
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page).toHaveURL(/network=10\.77\.12\.0/)
  await expect(page.getByText("2 devices shown. That's everything.")).toBeVisible()
  await page.getByLabel('Client').selectOption('Phones')
  await expect(page.getByText("1 device shown. That's everything.")).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Address or network')).toHaveValue(`${network}.0/24`)
  await page.getByLabel('Client').selectOption('Any')

  await page.getByRole('button', { name: 'Sign out all of these…' }).click()
  await expect(page.getByRole('dialog', { name: 'Sign out exactly 2 devices?' })).toBeVisible()
  await person.device({ ipAddress: `${network}.3` })
  await page.getByLabel('Reason').fill('The café has a rogue access point')
  await page.getByRole('button', { name: 'Sign out 2 devices' }).click()
  await expect(page.getByText('Meanwhile it has become 3 devices.')).toBeVisible()
  await expect(first.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  await page.getByRole('button', { name: 'Sign out 3 devices' }).click()
  await expect(page.getByText('3 devices were signed out.').first()).toBeVisible()
  await expect(page.getByText('No device fits.')).toBeVisible()
  await expect(first.getByRole('alertdialog', { name: 'Your session has ended' })).toBeVisible()

  await page.goto('/admin/sessions?network=nonsense&older=x&kind=y')
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByText('Write an address, or a network such as 203.0.113.0/24.')).toBeVisible()
})

test('keys are rotated, and the page says what each one does', async ({ administrator, newDevice }) => {
  const page = await administering(await newDevice(), administrator, '/admin/signing-keys')
  await expect(row(page, 'Signs now')).toHaveCount(1)
  await page.getByRole('button', { name: 'Rotate now' }).click()
  await page.getByLabel('Reason').fill('Quarterly')
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate now' }).click()
  await expect(page.getByText('A new key was published.').first()).toBeVisible()
  await expect(page.getByRole('main').getByRole('listitem').filter({ hasText: 'Next' })).toHaveCount(1)
})

// Reading whole pages takes its time.
test.describe(() => {
  test.describe.configure({ timeout: 90_000 })
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 390])
      test(`no page breaks WCAG 2.2 AA in ${colorScheme} at ${width} px`, async ({
        administrator,
        newDevice,
        person,
      }) => {
        await person.device({ userAgent: iphone })
        const page = await newDevice({ colorScheme, viewport: { width, height: 844 } })
        await page.goto('/admin')
        await signIn(page, administrator)
        await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
        for (const [path, title] of pages) {
          await page.goto(path)
          await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
          await page.waitForLoadState('networkidle')
          expect(await violations(page), path).toEqual([])
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} fits`).toBe(
            true,
          )
        }
        await page.goto(`/admin/users?search=${person.email}`)
        await page.getByRole('link', { name: person.email }).click()
        await expect(page.getByRole('heading', { level: 1, name: person.email })).toBeVisible()
        await page.waitForLoadState('networkidle')
        expect(await violations(page), 'user').toEqual([])
        await page.getByRole('button', { name: 'Suspend' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
        await expect(page.getByText('Say why.')).toBeVisible()
        expect(await violations(page), 'dialog').toEqual([])
        if (width > 768) return
        await page.getByRole('button', { name: 'Cancel' }).click()
        await page.getByRole('button', { name: 'Open navigation' }).click()
        await expect(page.getByRole('dialog').getByRole('link', { name: 'Signing keys' })).toBeVisible()
        expect(await violations(page), 'drawer').toEqual([])
      })
})
