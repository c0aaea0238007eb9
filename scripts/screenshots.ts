// `npm run screenshots`, or `npm run screenshots credentials` for those alone: every page and state of the dashboard, light and dark, wide and narrow, into docs/screenshots/, from the demo server.
import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from '@playwright/test'
import { type Account, startDemo } from './demo-server.ts'
import { administration } from './screenshots/administration.ts'
import { credentialTour, recoveryTour } from './screenshots/credentials.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = `${root}docs/screenshots`
const laptop =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const phone =
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36'

type Look = { name: string; width: number; height: number; colorScheme: 'light' | 'dark'; userAgent: string }

const looks: Look[] = [
  { name: '', width: 1280, height: 860, colorScheme: 'light', userAgent: laptop },
  { name: '-dark', width: 1280, height: 860, colorScheme: 'dark', userAgent: laptop },
  { name: '-phone', width: 390, height: 844, colorScheme: 'light', userAgent: phone },
  { name: '-phone-dark', width: 390, height: 844, colorScheme: 'dark', userAgent: phone },
]

const tallest = 1_200

/** The browser, and the address and account of the demo. */
type Stage = { browser: Browser; url: string; account: Account }

/** A picture of the whole page once nothing moves any more. */
async function picture(page: Page, name: string, fullPage = true): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {})
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ playState, effect }) => playState === 'finished' || effect?.getComputedTiming().iterations === Infinity,
      ),
  )
  await page.mouse.move(0, 0)
  // The header sticks to the top of what is seen: a whole page is taken from its start.
  if (fullPage) await page.evaluate(() => scrollTo(0, 0))
  const path = `${folder}/${name}.png`
  if (!fullPage) return void (await page.screenshot({ path, caret: 'hide' }))
  const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: document.body.scrollHeight }))
  const clip = { x: 0, y: 0, width, height: Math.min(height, tallest) }
  await page.screenshot({ path, fullPage, clip, caret: 'hide' })
}

async function open({ browser, url }: Stage, { width, height, colorScheme, userAgent }: Look): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme,
    userAgent,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    extraHTTPHeaders: { 'x-forwarded-for': '203.0.113.7' },
  })
  return context.newPage()
}

async function signIn(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('This device', { exact: true }).waitFor()
}

function shooter(page: Page, look: Look): Shoot {
  return async (name, fullPage = true) => {
    // A dialog on a dark phone is the one on a dark desktop and on a light phone: a picture less to keep.
    if (fullPage || look.name !== '-phone-dark') await picture(page, `${name}${look.name}`, fullPage)
  }
}

/** What somebody sees who sets up, loses and uses what secures their account. */
async function credentials(stage: Stage, look: Look): Promise<void> {
  const page = await open(stage, look)
  const shoot = shooter(page, look)
  await recoveryTour({ page, shoot })
  await credentialTour({ page, shoot })
  await page.context().close()
}

/** The pages in the order in which one would come across them; signs out last, so that every look starts from the same devices. */
async function tour(stage: Stage, look: Look): Promise<void> {
  const page = await open(stage, look)
  const shoot = shooter(page, look)
  const visit = async (path: string, title: string) => {
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
  }
  await visit('/sign-up', 'Create your account')
  await shoot('sign-up')
  await visit('/sign-in', 'Sign in')
  await shoot('sign-in')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('Enter your password.').waitFor()
  await shoot('sign-in-refused')
  await signIn(page, stage.account)
  await shoot('devices')
  await page.getByRole('button', { name: 'Details of Work laptop' }).click()
  await shoot('devices-details')
  await page.getByRole('button', { name: 'Rename Work laptop' }).click()
  await page.getByRole('textbox', { name: 'Name' }).waitFor()
  await shoot('rename', false)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Details of Work laptop' }).click()
  await page.getByText('Recently signed out').click()
  await page.getByText('Old phone').scrollIntoViewIfNeeded()
  await shoot('signed-out', false)
  await page.getByText('Recently signed out').click()
  await page.getByRole('button', { name: 'Sign out Work laptop' }).click()
  await shoot('confirm', false)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await visit('/security', 'Security')
  await shoot('security')
  await visit('/activity', 'Activity')
  await shoot('activity')
  await visit('/activity?show=api&days=1', 'Activity')
  await shoot('activity-filtered')
  await apiAccess(page, shoot)
  await administration(page, shoot)
  if (look.width < 768) {
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await shoot('navigation', false)
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  }
  await page.context().setOffline(true)
  await page.getByText("You're offline.").waitFor()
  await shoot('offline', false)
  await page.context().setOffline(false)
  await visit('/nowhere', 'Page not found')
  await shoot('missing')
  await broken(page, shoot)
  await unrecognised(page, shoot)
  await news(stage, look, page, shoot)
  await many(stage, look)
}

type Shoot = (name: string, fullPage?: boolean) => Promise<void>

async function apiAccess(page: Page, shoot: Shoot): Promise<void> {
  await page.goto('/api-access')
  await page.getByRole('button', { name: 'New service account' }).click()
  await page.getByLabel('Name').fill('Order export')
  await page.getByRole('textbox', { name: 'Scopes' }).fill('orders:read revocations:read')
  await shoot('api-access-create', false)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('dialog', { name: 'The key of Order export' }).waitFor()
  // A real key belongs in no picture, and a made-up one is the same each time.
  await page
    .locator('dialog dd code')
    .nth(0)
    .evaluate((element) => element.replaceChildren('5f0c1a52-6a3b-4f0e-9d53-2c7d8a41be09'))
  await page
    .locator('dialog dd code')
    .nth(1)
    .evaluate((element) => element.replaceChildren(`lk_${'EXAMPLE-'.repeat(8)}`))
  await shoot('api-access-key', false)
  await page.getByRole('button', { name: "I've saved it" }).click()
  await shoot('api-access')
  await page.getByRole('button', { name: 'Remove Order export' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('Order export was removed.').first().waitFor()
}

/** The list did not load: what the server answers to anything unforeseen, to each of the calls that travel together. */
async function broken(page: Page, shoot: Shoot): Promise<void> {
  const requestId = '0c6d5d1e-8c4f-4f5e-9a57-3f1f0c7a2b19'
  const data = { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500, reason: 'INTERNAL_ERROR', requestId }
  await page.route('**/trpc/session.list**', (route) => {
    const calls = new URL(route.request().url()).pathname.split(',').length
    const error = { error: { message: 'INTERNAL_ERROR', code: -32603, data } }
    return route.fulfill({ status: 500, json: Array(calls).fill(error) })
  })
  await page.goto('/')
  await page.getByText("This didn't load").waitFor()
  await shoot('error')
  await page.unroute('**/trpc/session.list**')
}

/** The guided path for a device one doesn't recognise; takes the tablet with it. */
async function unrecognised(page: Page, shoot: Shoot): Promise<void> {
  await page.goto('/')
  await page.getByRole('button', { name: 'Details of Kitchen' }).click()
  await page.getByRole('button', { name: "I don't recognise this device" }).click()
  await page.getByText('Step 1 of 3').waitFor()
  await shoot('unrecognised', false)
  await page.getByRole('button', { name: 'Sign it out' }).click()
  await page.getByText('Step 2 of 3').waitFor()
  await shoot('unrecognised-password', false)
  await page.getByRole('link', { name: 'Change password' }).click()
  await page.getByText('Step 2 of 3').waitFor()
  await shoot('unrecognised-security')
}

/** Somebody with more devices than fit on a page. */
async function many(stage: Stage, look: Look): Promise<void> {
  const { email, password } = stage.account
  for (let device = 0; device < 24; device++) {
    const signedIn = await fetch(`${stage.url}/trpc/token.issue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${20 + device}` },
      body: JSON.stringify({ email, password, deviceName: `Build runner ${device + 1}` }),
    })
    if (!signedIn.ok) throw new Error(`Device ${device} was refused: ${await signedIn.text()}`)
  }
  const page = await open(stage, look)
  await page.goto('/')
  await signIn(page, stage.account)
  const more = page.getByRole('button', { name: 'Show more' })
  await more.waitFor()
  await more.scrollIntoViewIfNeeded()
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await picture(page, `devices-many${look.name}`, false)
  await page.context().close()
}

/** A sign-in elsewhere announces itself; from there, this device is then signed out. */
async function news(stage: Stage, look: Look, page: Page, shoot: Shoot): Promise<void> {
  await page.goto('/')
  await page.getByText('This device', { exact: true }).waitFor()
  await page.waitForTimeout(500)
  const other = await open(stage, { ...look, width: 1280, userAgent: look.userAgent === laptop ? phone : laptop })
  await other.goto('/')
  await signIn(other, stage.account)
  await page.getByText(/^New sign-in:/).waitFor()
  await shoot('new-sign-in', false)
  const name = look.userAgent === laptop ? 'Chrome on macOS' : 'Chrome on Android'
  await other.getByRole('button', { name: `Sign out ${name}` }).click()
  await other.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('alertdialog', { name: 'Your session has ended' }).waitFor()
  await shoot('session-ended', false)
  await other.getByRole('button', { name: 'Sign out this device' }).click()
  await other.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
  await other.context().close()
  await page.context().close()
}

const onlyCredentials = process.argv[2] === 'credentials'
mkdirSync(folder, { recursive: true })
if (!onlyCredentials) {
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', '--disable-lcd-text'],
})
try {
  for (const look of looks) {
    // Each look has a server of its own: what one did is not in the history of the next.
    const { url, account, stop } = await startDemo()
    try {
      if (!onlyCredentials) await tour({ browser, url, account }, look)
      await credentials({ browser, url, account }, look)
    } finally {
      await stop()
    }
  }
} finally {
  await browser.close()
}
