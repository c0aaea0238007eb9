import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { expect, test } from './latchkey.ts'

const budgetBytes = 200_000

/** Every script that the built page loads until it stands, gzipped. */
async function scriptBytes(page: Page, path: string, heading: string): Promise<number> {
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
  })
  await page.goto(path)
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
  const loaded = await Promise.all(sizes)
  return loaded.reduce((sum, size) => sum + size, 0)
}

test('the first page needs less than 200 kB of gzipped script, signed out and signed in', async ({
  newDevice,
  person,
}) => {
  const signedOut = await scriptBytes(await newDevice(), '/sign-in', 'Sign in')
  expect(signedOut).toBeGreaterThan(10_000)
  expect(signedOut).toBeLessThan(budgetBytes)

  // A second tab of the same browser has nothing in memory; what is in the cache of files counts all the same.
  const device = await person.device()
  const signedIn = await scriptBytes(await device.context().newPage(), '/', 'Your devices')
  expect(signedIn).toBeLessThan(budgetBytes)
})
