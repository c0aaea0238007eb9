import { expect, test } from './latchkey.ts'

test('the explorer calls procedures with the session of whoever reads it', async ({ person }) => {
  const page = await person.device()
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(page.url()).host && !request.url().startsWith('data:'))
      problems.push(`left for ${request.url()}`)
  })
  await page.goto('/explorer')

  const whoami = page.locator('.opblock', { hasText: '/trpc/auth.whoami' })
  await whoami.locator('.opblock-summary-control').click()
  await whoami.getByRole('button', { name: 'Execute' }).click()

  const answer = whoami.locator('.live-responses-table')
  await expect(answer.locator('.response-col_status').nth(1)).toContainText('200')
  await expect(answer).toContainText('"role": "user"')
  expect(problems).toEqual([])
})
