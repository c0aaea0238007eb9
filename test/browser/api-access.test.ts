import { expect, test } from './latchkey.ts'

test('someone without the right is told so', async ({ person }) => {
  const page = await person.device()
  await page.getByRole('link', { name: 'API access' }).click()
  await expect(page.getByText('Only administrators can create service accounts.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'New service account' })).toHaveCount(0)
})

test('a key is shown once, joined by a second one, and revoked', async ({ person, server, request }) => {
  await server.stop()
  await server.run('user', 'grant', person.email, 'admin')
  await server.start()
  const page = await person.device()
  await page.getByRole('link', { name: 'API access' }).click()
  await page.getByRole('button', { name: 'New service account' }).click()
  await expect(page.getByLabel('Name')).toBeFocused()
  await page.getByLabel('Name').fill('Order export')
  await page.getByLabel('Scopes').fill('All of it')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.getByText('“All” is no scope.')).toBeVisible()
  await page.getByLabel('Scopes').fill('orders:read revocations:read')
  await page.getByRole('button', { name: 'Create', exact: true }).click()

  const shown = page.getByRole('dialog', { name: 'The key of Order export' })
  await expect(shown.getByText(/^lk_/)).toBeVisible()
  const [clientId = '', key = ''] = await shown.getByRole('definition').allInnerTexts()
  expect(key).toMatch(/^lk_[\w-]{64}$/)
  await page.keyboard.press('Escape')
  await expect(shown).toBeVisible()
  await shown.getByRole('button', { name: "I've saved it" }).click()
  const exchange = () =>
    request.post(`${server.url}/oauth/token`, {
      form: { grant_type: 'client_credentials', client_id: clientId, client_secret: key },
    })
  expect((await exchange()).status()).toBe(200)

  const account = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Order export' }) })
  await page.reload()
  await expect(account.getByText(`lk_…${key.slice(-4)}`)).toBeVisible()
  await expect(account).toContainText('Last used just now')
  expect(await page.content()).not.toContain(key)

  await account.getByRole('button', { name: 'Add a key to Order export' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add a key' }).click()
  await page.getByRole('button', { name: "I've saved it" }).click()
  await expect(account.getByText('Both keys work.')).toBeVisible()
  await account.getByRole('button', { name: `Revoke lk_…${key.slice(-4)} of Order export` }).click()
  const confirm = page.getByRole('alertdialog')
  await expect(confirm.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await confirm.getByRole('button', { name: 'Revoke' }).click()
  await expect(account.getByText(`lk_…${key.slice(-4)}`)).toHaveCount(0)
  expect((await exchange()).status()).toBe(401)

  await account.getByRole('button', { name: 'Remove Order export' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('No service accounts yet.')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
})
