import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { PasswordField } from '../../web/form/password-field.tsx'
import { render } from './render.tsx'

const typed = 'correct horse battery staple'

it('a password is masked until its owner asks to see it, can be pasted, and is found by password managers', async () => {
  render(
    <>
      <input aria-label="Notes" defaultValue={typed} />
      <PasswordField label="Password" autoComplete="current-password" />
    </>,
  )
  const field = page.getByLabelText('Password', { exact: true })
  await expect.element(field).toHaveAttribute('type', 'password')
  await expect.element(field).toHaveAttribute('autocomplete', 'current-password')

  await userEvent.tripleClick(page.getByLabelText('Notes'))
  await userEvent.copy()
  await field.click()
  await userEvent.paste()
  await expect.element(field).toHaveValue(typed)

  await page.getByRole('button', { name: 'Show password' }).click()
  await expect.element(field).toHaveAttribute('type', 'text')
})
