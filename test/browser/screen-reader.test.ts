import type { Page } from '@playwright/test'
import { expect, iphone, password, row, signOutRow, test } from './latchkey.ts'

/** What a screen reader finds around every page of somebody who is signed in. */
async function isFramed(page: Page, email: string, here: string): Promise<void> {
  await expect(page.locator('body')).toMatchAriaSnapshot(`
    - link "Skip to content"
    - status
    - banner:
      - link "Latchkey home"
      - button "Theme"
      - 'button "Account: ${email}"'
    - navigation "Main":
      - list:
        - listitem:
          - link "Devices"
        - listitem:
          - link "Security"
        - listitem:
          - link "Activity"
        - listitem:
          - link "API access"
    - main
  `)
  const current = page.getByRole('navigation').locator('[aria-current=page]')
  await expect(current).toHaveText(here)
}

async function visit(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(path)
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
  await expect(page).toHaveTitle(`${heading} · Latchkey`)
}

test('the pages before signing in are read as what they are', async ({ newDevice }) => {
  const page = await newDevice()
  await visit(page, '/sign-in', 'Sign in')
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Sign in" [level=1]
      - paragraph: See and manage where you're signed in.
      - text: E-mail
      - textbox "E-mail"
      - text: Password
      - textbox "Password"
      - button "Show password"
      - link "Forgot your password?"
      - button "Name this device"
      - button "Sign in"
      - paragraph: or
      - button "Sign in with a passkey"
      - paragraph:
        - link "Create an account"
  `)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription('Enter your e-mail address.')
  await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('E-mail')).toBeFocused()
  await visit(page, '/sign-up', 'Create your account')
  await expect(page.getByRole('textbox', { name: 'Password' })).toHaveAccessibleDescription(/^15 to 256 characters/)
})

test('every page names its parts, and every button the device or key it is about', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device()
  await visit(page, '/', 'Your devices')
  await expect(row(page, 'Safari on iPhone')).toBeVisible()
  await isFramed(page, person.email, 'Devices')
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Your devices" [level=1]
      - paragraph: Places where your account is signed in. Sign out anything you don't recognise.
      - paragraph: 2 devices
      - button "Sign out all other devices"
      - region "This device":
        - heading "Chrome on Linux This device" [level=2]
        - paragraph: /Active now/
        - paragraph:
          - time: /Signed in .* with password/
        - button "Rename Chrome on Linux"
        - button "Sign out this device"
      - region "Other devices":
        - heading "Other devices" [level=2]
        - list "Other devices":
          - listitem "Safari on iPhone New":
            - heading "Safari on iPhone New" [level=3]
            - paragraph:
              - time: Last active just now
            - button "Details of Safari on iPhone" [expanded=false]
            - button "Sign out Safari on iPhone"
      - group:
        - heading "Recently signed out" [level=2]
  `)
  const details = page.getByRole('button', { name: 'Details of Safari on iPhone' })
  await details.click()
  await expect(details).toHaveAttribute('aria-expanded', 'true')
  await expect(row(page, 'Safari on iPhone').getByRole('term')).toHaveText([
    'Signed in',
    'Method',
    'Last active',
    'First address',
    'Last address',
    'Expires',
    'Reference',
  ])
  await page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click()
  const question = page.getByRole('alertdialog', { name: 'Sign out Safari on iPhone?' })
  await expect(question).toHaveAccessibleDescription(/^It will have to sign in again\./)
  await page.keyboard.press('Escape')

  await visit(page, '/security', 'Security')
  await isFramed(page, person.email, 'Security')
  await expect(page.getByRole('region', { name: 'Password' }).getByLabel('Current password')).toBeVisible()
  await expect(page.getByRole('checkbox', { name: 'Sign out all other devices' })).toHaveAccessibleDescription(
    'They will have to sign in with the new password.',
  )
  await expect(
    page.getByRole('region', { name: 'Danger zone' }).getByRole('button', { name: 'Sign out everywhere' }),
  ).toBeVisible()

  await visit(page, '/activity', 'Activity')
  await isFramed(page, person.email, 'Activity')
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Activity" [level=1]
      - region "The last four weeks":
        - heading "The last four weeks" [level=2]
        - img "3 sign-ins and 0 failed attempts in the last four weeks."
        - group: Show as a table
      - text: Show
      - combobox "Show"
      - text: Period
      - combobox "Period"
      - button "Download CSV"
      - region "Today":
        - heading "Today" [level=2]
        - list:
          - listitem:
            - paragraph: Signed in from Chrome on Linux
          - listitem:
            - paragraph: Signed in from Safari on iPhone
            - paragraph:
              - link "Was this you? Signed in from Safari on iPhone"
  `)

  await visit(page, '/api-access', 'API access')
  await isFramed(page, person.email, 'API access')
  await expect(page.getByRole('status').filter({ hasText: 'Only administrators can create' })).toBeVisible()
})

test('what happens is said politely, and only what failed interrupts', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device()
  const polite = page.locator('[role=status]')
  await signOutRow(page, 'Safari on iPhone')
  await expect(polite.filter({ hasText: 'Safari on iPhone was signed out.' })).toHaveCount(1)
  const stream = page.waitForResponse((response) => response.url().includes('/trpc/session.watch'))
  await page.reload()
  await stream
  await person.device({ userAgent: iphone })
  await expect(polite.filter({ hasText: 'New sign-in: Safari on iPhone' })).toHaveCount(1)
  await expect(page.getByRole('alert')).toHaveCount(0)

  await page.route('**/trpc/session.revokeOthers?**', (route) => route.abort())
  await page.getByRole('button', { name: 'Sign out all other devices' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('alert')).toContainText('Your other devices are still signed in.')

  await page.getByRole('link', { name: 'Security' }).click()
  await page.getByLabel('Current password').fill(password)
  await page.getByLabel('New password').fill('battery staple horse correct')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(polite.filter({ hasText: 'Password changed.' })).toHaveCount(1)
})
