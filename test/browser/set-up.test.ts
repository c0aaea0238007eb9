import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../harness/postgres-server.ts'
import { StartedProcess } from '../harness/start-process.ts'
import { expect, password, signIn, test } from './latchkey.ts'

test('the link that the first start prints makes its reader the administrator, and a later start prints none', async ({
  newDevice,
}) => {
  test.setTimeout(90_000)
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-set-up-'))
  const environment = { DATA_DIR: folder, PORT: String(await freePort()) }
  const first = await new StartedProcess(environment).running()
  const link = /http:\/\/localhost:\d+\/set-up#[\w-]{64}/.exec(first.output)?.[0] ?? ''
  const page = await newDevice()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url(), request.headers().referer ?? ''))

  await page.goto(link)
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill('owner@example.com')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Become the administrator' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'You are the administrator now' })).toBeVisible()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, 'owner@example.com')
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()

  const token = link.split('#')[1] ?? 'none'
  expect(asked.filter((url) => url.includes(token))).toEqual([])
  await page.goto(link)
  await page.getByRole('button', { name: 'Become the administrator' }).click()
  await expect(page.getByText('This link has been used already')).toBeVisible()

  await first.stop()
  const second = await new StartedProcess(environment).running()
  expect(second.output).not.toContain('Set up')
  await second.stop()
  rmSync(folder, { recursive: true, force: true })
})
