import type { Page } from '@playwright/test'

/** What is different in every demo is replaced by an example before a picture is taken: ids tell nothing, and pictures should change only when pages do. */
const sameIds = (page: Page) =>
  page.evaluate(() => {
    const id = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const { currentNode } = texts
      currentNode.nodeValue = currentNode.nodeValue?.replace(id, '5f0c1a52-6a3b-4f0e-9d53-2c7d8a41be09') ?? null
    }
  })

/** The pages of administrators; nothing is done to anybody. */
export async function administration(
  page: Page,
  shoot: (name: string, fullPage?: boolean) => Promise<void>,
): Promise<void> {
  const visit = async (path: string, title: string, name: string) => {
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => {})
    await sameIds(page)
    await shoot(name)
  }
  await visit('/admin', 'Overview', 'admin-overview')
  await visit('/admin/users', 'Users', 'admin-users')
  await visit('/admin/sessions', 'Sessions', 'admin-sessions')
  await visit('/admin/audit', 'Audit', 'admin-audit')
  await visit('/admin/signing-keys', 'Signing keys', 'admin-signing-keys')
  await page.goto('/admin/users?search=grace')
  await page.getByRole('link', { name: 'Grace Hopper' }).click()
  await page.getByRole('button', { name: 'Suspend' }).waitFor()
  await page.getByText('events shown').waitFor()
  await sameIds(page)
  await shoot('admin-user')
  await page.getByRole('button', { name: 'Suspend' }).click()
  await page.getByLabel('Reason').fill('Signs in from two continents at once')
  await shoot('admin-suspend', false)
  await page.goto('/admin/sessions?network=198.51.100.0/24')
  await page.getByRole('button', { name: 'Sign out all of these…' }).click()
  await page.getByRole('button', { name: /^Sign out \d+ devices/ }).waitFor()
  await shoot('admin-sign-out-many', false)
  await page.getByRole('button', { name: 'Cancel' }).click()
}
