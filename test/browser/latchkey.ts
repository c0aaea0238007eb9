import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, test as base, expect, type Locator, type Page } from '@playwright/test'
import { writeLocationFile } from '../harness/location-file.ts'
import { freePort } from '../harness/postgres-server.ts'
import { runLatchkey } from '../harness/run-latchkey.ts'
import { StartedProcess } from '../harness/start-process.ts'

export const password = 'correct horse battery staple'

/** The shipped server on an embedded database of its own, which can be stopped and started again. */
export type Server = {
  url: string
  stop(): Promise<void>
  start(): Promise<void>
  /** The folder of its database. */
  database: string
  /** Runs a command of `npx latchkey` on the server's data while it is down. */
  run(...args: string[]): Promise<void>
}

/** Someone with an account, and the devices they open. */
export type Person = { email: string; device(options?: DeviceOptions): Promise<Page> }

type DeviceOptions = {
  userAgent?: string
  viewport?: { width: number; height: number }
  colorScheme?: 'light' | 'dark'
  reducedMotion?: 'reduce'
  /** The address it comes from; each device has a network of its own otherwise. */
  ipAddress?: string
}

export const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1'

let people = 0

/** Fails the test for what no page may do: break its own content security policy, or throw. */
function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`))
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) faults.push(`CSP: ${message.text()}`)
  })
}

/** Runs a server of its own, with more settings than all of them have, for as long as `use` takes. */
export async function withServer(
  settings: Record<string, string>,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-browser-'))
  const port = await freePort()
  const places = join(folder, 'places.mmdb')
  writeLocationFile(places, 203, { city: 'Berlin', country: 'Germany' })
  const environment = {
    DATA_DIR: folder,
    PORT: String(port),
    TRUSTED_PROXIES: '127.0.0.1/32,::1/128',
    LOCATION_DATABASE: places,
    ...settings,
  }
  let running = await new StartedProcess(environment).running()
  await use({
    url: `http://localhost:${port}`,
    database: join(folder, 'postgres'),
    stop: async () => void (await running.stop()),
    start: async () => {
      running = await new StartedProcess(environment).running()
    },
    run: async (...args) => {
      const { code, errors } = await runLatchkey(environment, args)
      if (code !== 0) throw new Error(errors)
    },
  })
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
}

export const test = base.extend<
  { person: Person; newDevice: (options?: DeviceOptions) => Promise<Page> },
  { server: Server; administrator: Person['email'] }
>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from this pattern.
    async ({}, use) => withServer({}, use),
    { scope: 'worker', timeout: 60_000 },
  ],

  /** Somebody who was made an administrator, as an operator does it: while the server is down. */
  administrator: [
    async ({ server }, use) => {
      const email = `administrator-${process.pid}@example.com`
      const signedUp = await fetch(`${server.url}/trpc/auth.signUp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '10.98.0.7' },
        body: JSON.stringify({ email, password, name: 'Ada Lovelace' }),
      })
      expect(signedUp.status).toBe(200)
      await server.stop()
      await server.run('user', 'grant', email, 'admin')
      await server.start()
      await use(email)
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  /** A browser that nobody has signed in with, from a network of its own, so that no limit is shared between tests. */
  newDevice: async ({ browser, server }, use) => {
    const faults: string[] = []
    const contexts: BrowserContext[] = []
    const network = `10.${process.pid % 250}.${++people % 250}.7`
    await use(async ({ ipAddress = network, ...options } = {}) => {
      const headers = { extraHTTPHeaders: { 'x-forwarded-for': ipAddress } }
      const context = await browser.newContext({
        baseURL: server.url,
        viewport: { width: 1280, height: 800 },
        ...headers,
        ...options,
      })
      contexts.push(context)
      const page = await context.newPage()
      watch(page, faults)
      return page
    })
    for (const context of contexts) await context.close()
    expect(faults).toEqual([])
  },

  /** Signed up by the API; each device signs in by the page. */
  person: async ({ newDevice, request, server }, use) => {
    const email = `person-${process.pid}-${++people}@example.com`
    const network = { 'x-forwarded-for': `10.99.${people % 250}.7` }
    const signedUp = await request.post(`${server.url}/trpc/auth.signUp`, {
      headers: { 'content-type': 'application/json', ...network },
      data: { email, password },
    })
    expect(signedUp.status()).toBe(200)
    await request.post(`${server.url}/trpc/auth.signOut`, {
      headers: { 'content-type': 'application/json', origin: server.url },
    })
    await use({
      email,
      async device(options) {
        const page = await newDevice(options)
        await page.goto('/')
        await signIn(page, email)
        await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
        return page
      },
    })
  },
})

export async function signIn(page: Page, email: string, secret = password): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** The row of a device, or whatever else is listed under that name. */
export function row(page: Page, name: string): Locator {
  return page.getByRole('listitem').filter({ hasText: name })
}

/** Signs a device out by its row, and answers the question. */
export async function signOutRow(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Sign out ${name}` }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
}

export { expect }
