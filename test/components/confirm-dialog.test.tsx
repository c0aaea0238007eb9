import { useState } from 'react'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { ConfirmDialog } from '../../web/shell/confirm-dialog.tsx'
import { render } from './render.tsx'

function Asking({ onConfirm }: { onConfirm: () => void }) {
  const [asking, ask] = useState(false)
  return (
    <>
      <button type="button" onClick={() => ask(true)}>
        Ask
      </button>
      {asking && (
        <ConfirmDialog
          title="Sign out Pocket?"
          body="It will have to sign in again."
          confirm="Sign out"
          onConfirm={onConfirm}
          onClose={() => ask(false)}
        />
      )}
    </>
  )
}

it('a question starts on Cancel, so that a stray Enter does nothing, and gives the focus back', async () => {
  let confirmed = 0
  render(<Asking onConfirm={() => confirmed++} />)
  const opener = page.getByRole('button', { name: 'Ask' })
  const dialog = page.getByRole('alertdialog', { name: 'Sign out Pocket?' })
  await opener.click()
  await expect.element(page.getByRole('button', { name: 'Cancel' })).toHaveFocus()
  await userEvent.keyboard('{Enter}')
  await expect.element(dialog).not.toBeInTheDocument()
  await expect.element(opener).toHaveFocus()

  await opener.click()
  await userEvent.keyboard('{Escape}')
  await expect.element(dialog).not.toBeInTheDocument()
  expect(confirmed).toBe(0)

  await opener.click()
  await userEvent.keyboard('{Tab}{Enter}')
  await expect.element(dialog).not.toBeInTheDocument()
  expect(confirmed).toBe(1)
})
