// `npm run measure:dashboard`: how fast the dashboard's pages stand in a real browser, as a table for docs/dashboard.md.
import { gzipSync } from 'node:zlib'
import { type Browser, type BrowserContext, chromium } from '@playwright/test'
import { type Account, startDemo } from './demo-server.ts'

const runs = 3
const pages = [
  ['/sign-in', 'Sign in'],
  ['/', 'Your devices'],
  ['/activity', 'Activity'],
  ['/api-access', 'API access'],
] as const

/** What Lighthouse would call a desktop, and a phone with a processor a quarter as fast. */
const machines = [
  { name: 'desktop', slowdown: 1, width: 1280, height: 800 },
  { name: 'phone', slowdown: 4, width: 390, height: 844 },
]

type Figures = { fcp: number; lcp: number; cls: number; blocking: number; script: number }

/** Runs in the page, before anything of it: collects what the browser reports, buffered or not. */
function observe(): void {
  const figures = { lcp: 0, cls: 0, blocking: 0 }
  Object.assign(window, { figures })
  const watch = (
    type: string,
    note: (entry: PerformanceEntry & { value?: number; hadRecentInput?: boolean }) => void,
  ) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true })
  watch('largest-contentful-paint', ({ startTime }) => {
    figures.lcp = startTime
  })
  watch('layout-shift', ({ value, hadRecentInput }) => {
    if (hadRecentInput !== true) figures.cls += value ?? 0
  })
  watch('longtask', ({ duration }) => {
    figures.blocking += Math.max(0, duration - 50)
  })
}

async function measure(context: BrowserContext, slowdown: number, path: string, title: string): Promise<Figures> {
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  // tsx names functions by a helper that the page does not have.
  await page.addInitScript('globalThis.__name = (value) => value')
  await page.addInitScript(observe)
  const scripts: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      scripts.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
  })
  await page.goto(path)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await page.waitForTimeout(1_500)
  const seen = await page.evaluate(() => ({
    fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    ...(window as unknown as { figures: { lcp: number; cls: number; blocking: number } }).figures,
  }))
  const script = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0)
  await page.close()
  return { ...seen, script }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

async function signIn(context: BrowserContext, { email, password }: Account): Promise<void> {
  const page = await context.newPage()
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('This device', { exact: true }).waitFor()
  await page.close()
}

async function report(browser: Browser, url: string, account: Account): Promise<void> {
  console.log('| Page | Machine | First paint | Largest paint | Layout shift | Blocked | Script in all, gzipped |')
  console.log('|---|---|---|---|---|---|---|')
  for (const { name, slowdown, width, height } of machines) {
    const context = await browser.newContext({ baseURL: url, viewport: { width, height } })
    for (const [path, title] of pages) {
      if (path === '/') await signIn(context, account)
      const all: Figures[] = []
      for (let run = 0; run < runs; run++) all.push(await measure(context, slowdown, path, title))
      const of = (figure: keyof Figures) => median(all.map((one) => one[figure]))
      const ms = (figure: keyof Figures) => `${Math.round(of(figure))} ms`
      const script = `${Math.round(of('script') / 1000)} kB`
      console.log(
        `| ${title} | ${name} | ${ms('fcp')} | ${ms('lcp')} | ${of('cls').toFixed(3)} | ${ms('blocking')} | ${script} |`,
      )
    }
    await context.close()
  }
}

const demo = await startDemo()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  await report(browser, demo.url, demo.account)
} finally {
  await browser.close()
  await demo.stop()
}
