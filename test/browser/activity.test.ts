import { readFile } from 'node:fs/promises'
import { expect, iphone, signIn, test } from './latchkey.ts'

test('activity is narrowed by the address, survives a reload, and goes back to everything', async ({
  newDevice,
  person,
}) => {
  const stranger = await newDevice()
  await stranger.goto('/')
  await signIn(stranger, person.email, 'not the password')
  await expect(stranger.getByText("That e-mail and password don't match.")).toBeVisible()
  const page = await person.device()
  await page.getByRole('link', { name: 'Activity' }).click()
  const events = page.getByRole('main').getByRole('listitem')
  await expect(events.filter({ hasText: 'Account created' })).toBeVisible()
  await expect(page.getByRole('img', { name: /^\d+ sign-ins? and 1 failed attempt in/ })).toBeVisible()

  await page.getByLabel('Show').selectOption('Failed attempts')
  await expect(page).toHaveURL(/\/activity\?show=failures$/)
  await expect(events).toHaveCount(1)
  await expect(events).toContainText('Sign-in failed: wrong password')
  await page.getByLabel('Period').selectOption('Last 7 days')
  await page.reload()
  await expect(page).toHaveURL(/show=failures&days=7/)
  await expect(events).toHaveCount(1)

  await page.getByLabel('Show').selectOption('API access')
  await expect(page.getByText('Nothing of this kind happened in that time.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(page).toHaveURL(/\/activity$/)
  await expect(events.filter({ hasText: 'Account created' })).toBeVisible()

  await page.goto('/activity?show=<script>&days=1e9')
  await expect(events.filter({ hasText: 'Account created' })).toBeVisible()
})

test('activity is saved as a file that a spreadsheet opens', async ({ person }) => {
  const page = await person.device()
  await page.goto('/activity?show=sign-ins')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download CSV' }).click()
  const download = await saved

  expect(download.suggestedFilename()).toMatch(/^latchkey-activity-\d{4}-\d\d-\d\d\.csv$/)
  const [head = '', first = ''] = (await readFile(await download.path(), 'utf8')).split('\r\n')
  expect(head).toBe('\uFEFFTime (UTC),Kind,What happened,Reason,Device,IP address')
  expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,signed_in,Signed in from Chrome on Linux,/)
  await expect(page.getByText('4 events saved as CSV.').first()).toBeVisible()
})

test('an event that may have been somebody else leads to a new password', async ({ person }) => {
  await person.device({ userAgent: iphone })
  const page = await person.device()
  await page.goto('/activity')
  await page.getByRole('link', { name: 'Was this you? Signed in from Safari on iPhone' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible()
  await expect(page.getByText("If that was you, there is nothing to do. If it wasn't")).toBeVisible()
})
