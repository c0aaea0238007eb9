import { gzipSync } from 'node:zlib'
import type { Locator } from '@playwright/test'
import { expect, test } from './latchkey.ts'

const budgetBytes = 200_000

type Weight = {
  /** The scripts, as gzip at its highest level packs them. */
  scripts: number
  /** Everything that came over the wire: page, scripts, styles, icon and data, with the heads of the replies. */
  transferred: number
}

/** What the built page loads, with an empty cache, until it shows that. */
async function weigh(path: string, shown: Locator): Promise<Weight> {
  const page = shown.page()
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  let transferred = 0
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    transferred += encodedDataLength
  })
  const scripts: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      scripts.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
  })
  await page.goto(path)
  await expect(shown).toBeVisible()
  const loaded = await Promise.all(scripts)
  return { scripts: loaded.reduce((sum, size) => sum + size, 0), transferred }
}

test('the first page needs less than 200 kB, signed out and signed in', async ({ newDevice, person }) => {
  const outside = await newDevice()
  const signedOut = await weigh('/sign-in', outside.getByRole('heading', { level: 1, name: 'Sign in' }))
  // A second tab of the same browser has nothing in memory.
  const inside = await (await person.device()).context().newPage()
  const signedIn = await weigh('/', inside.getByText('This device', { exact: true }))

  for (const { scripts, transferred } of [signedOut, signedIn]) {
    expect(transferred).toBeGreaterThan(50_000)
    expect(transferred).toBeLessThan(budgetBytes)
    expect(scripts).toBeGreaterThan(50_000)
    expect(scripts).toBeLessThan(budgetBytes)
  }
})
