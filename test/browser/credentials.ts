import { PGlite } from '@electric-sql/pglite'
import type { Page } from '@playwright/test'
import { codeAt } from '../harness/authenticator-app.ts'
import { expect, type Server } from './latchkey.ts'

const periodMs = 30_000

/** A code that has not been used yet: the one of the next period is accepted early. */
export const nextCode = (secret: string) => codeAt(secret, Date.now() + periodMs)

/** Says that the recovery codes on the screen are saved, and answers them. */
export async function saveCodes(page: Page): Promise<string[]> {
  const codes = page.getByRole('dialog', { name: 'Save your recovery codes' })
  await expect(codes.getByRole('listitem')).toHaveCount(10)
  const recoveryCodes = await codes.getByRole('listitem').allTextContents()
  await codes.getByLabel("I've saved these").check()
  await codes.getByRole('button', { name: 'Done' }).click()
  await expect(codes).toBeHidden()
  return recoveryCodes
}

/** Sets an authenticator app up on the Security page, up to the recovery codes. Answers its secret. */
export async function setUpApp(page: Page): Promise<string> {
  await page.goto('/security')
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' })
  await expect(dialog.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible()
  const secret = ((await dialog.locator('code').textContent()) ?? '').replaceAll(' ', '')
  await page.keyboard.type(codeAt(secret, Date.now()))
  await expect(page.getByRole('dialog', { name: 'Save your recovery codes' })).toBeVisible()
  return secret
}

/** Gives the browser an authenticator that is built in, and lets its owner through without asking. */
export async function withAuthenticator(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    /** From now on it finds, or doesn't find, that it is its owner. */
    verify: (isUserVerified: boolean) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  }
}

/** Adds a passkey, the first factor of the account, on the Security page. */
export async function addPasskey(page: Page, name: string): Promise<void> {
  await page.goto('/security')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
  await saveCodes(page)
  await expect(page.getByRole('listitem').filter({ hasText: name })).toBeVisible()
}

/** As if an hour had passed since this browser's owner last proved who they are. */
export async function anHourLater(server: Server, page: Page): Promise<void> {
  await page.goto('about:blank')
  await server.stop()
  const database = await PGlite.create(server.database)
  await database.exec("update sessions set authenticated_at = now() - interval '1 hour'")
  await database.close()
  await server.start()
  // It says when the proof was given; the next one is made from what the database says.
  await page.context().clearCookies({ name: 'access' })
}
