import type { Page } from '@playwright/test'
import { Secret, TOTP } from 'otpauth'

type Shoot = (name: string, fullPage?: boolean) => Promise<void>
type Shooting = { page: Page; shoot: Shoot }

const password = 'correct horse battery staple'
const codeAt = (secret: string, moment: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: moment })

/** The pages that mails lead to, and what they say about a link that is too old. */
export async function recoveryTour({ page, shoot }: Shooting): Promise<void> {
  await page.goto('/forgot-password')
  await page.getByLabel('E-mail').fill('ada.lovelace@example.com')
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByText('If an account exists').waitFor()
  await shoot('forgot-password')
  await page.goto('/reset-password#an-old-link')
  await page.getByLabel('New password').fill('passwordpassword')
  await page.getByText(/^Strength: /).waitFor()
  await shoot('reset-password')
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByRole('alert').waitFor()
  await shoot('reset-password-refused')
  await page.goto('/confirm-email#an-old-link')
  await page.getByRole('button', { name: 'Confirm' }).waitFor()
  await shoot('confirm-email')
}

/** Somebody new sets up everything that secures an account, and signs in with it. */
export async function credentialTour({ page, shoot }: Shooting): Promise<void> {
  const email = 'grace.hopper@navy.example'
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable', { enableUI: false })
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto('/sign-up')
  await page.getByRole('textbox', { name: 'Name' }).fill('Grace Hopper')
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByText('Strength: Strong.').waitFor()
  await shoot('sign-up-strength')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText('This device', { exact: true }).waitFor()

  await page.goto('/security')
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  const app = page.getByRole('dialog', { name: 'Set up an authenticator app' })
  await app.getByRole('img', { name: /^QR code/ }).waitFor()
  const secret = ((await app.locator('code').textContent()) ?? '').replaceAll(' ', '')
  await shoot('authenticator-app', false)
  await page.keyboard.type(codeAt(secret, Date.now()))
  await page.getByLabel("I've saved these").waitFor()
  await shoot('recovery-codes', false)
  await page.getByLabel("I've saved these").check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await shoot('add-passkey', false)
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Never used').waitFor()
  await page.getByRole('button', { name: 'Change address' }).click()
  await page.getByLabel('New e-mail address').fill('grace@example.com')
  await shoot('change-email', false)
  await page.getByRole('button', { name: 'Send the links' }).click()
  await page.getByText('Waiting for the links').waitFor()
  await page.reload()
  await page.getByText('Waiting for the links').waitFor()
  await shoot('security-in-use')
  // The last step for a device that nobody recognised, after which all of this was added.
  await page.goto('/security?after=factors&since=2026-01-01T00:00:00Z')
  await page.getByRole('heading', { name: 'Review your second step' }).waitFor()
  await shoot('unrecognised-factors', false)
  await page.getByRole('button', { name: 'Delete account' }).click()
  await shoot('delete-account', false)
  await page.keyboard.press('Escape')
  await proof(page, shoot)

  await page.context().clearCookies()
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByLabel('Digit 1 of 6').waitFor()
  await shoot('second-step')
  await page.keyboard.type(codeAt(secret, Date.now() - 3_600_000))
  await page.getByText("That code isn't right").waitFor()
  await shoot('second-step-refused')
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await shoot('second-step-recovery')
}

/** What the server answers to somebody who has not proven for a while who they are. */
async function proof(page: Page, shoot: Shoot): Promise<void> {
  const data = { code: 'FORBIDDEN', httpStatus: 403, reason: 'REAUTHENTICATION_REQUIRED', requestId: null }
  const answer = [{ error: { message: 'REAUTHENTICATION_REQUIRED', code: -32003, data } }]
  await page.route('**/trpc/account.removeAuthenticatorApp**', (route) => route.fulfill({ status: 403, json: answer }))
  await page.getByRole('button', { name: 'Remove authenticator app' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog', { name: "Confirm it's you" }).waitFor()
  await shoot('step-up', false)
}
