import { useState } from 'react'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { Menu, MenuItem } from '../../web/shell/menu.tsx'
import { render } from './render.tsx'

const fruits = ['Apple', 'Banana', 'Cherry']

function Choosing() {
  const [chosen, choose] = useState('Apple')
  return (
    <>
      <Menu label="Fruit" button={chosen}>
        {(close) =>
          fruits.map((fruit) => (
            <MenuItem
              key={fruit}
              chosen={fruit === chosen}
              onSelect={() => {
                choose(fruit)
                close()
              }}
            >
              {fruit}
            </MenuItem>
          ))
        }
      </Menu>
      <button type="button">Next</button>
    </>
  )
}

const opener = page.getByRole('button', { name: 'Fruit' })
const menu = page.getByRole('menu', { name: 'Fruit' })
const item = (name: string) => page.getByRole('menuitemradio', { name })

it('arrow keys go round, Home and End to the ends, a letter to what begins with it', async () => {
  render(<Choosing />)
  await expect.element(opener).toHaveAttribute('aria-expanded', 'false')
  await userEvent.tab()
  await userEvent.keyboard('{ArrowDown}')
  await expect.element(item('Apple')).toHaveFocus()
  await expect.element(item('Apple')).toHaveAttribute('aria-checked', 'true')
  await userEvent.keyboard('{ArrowUp}')
  await expect.element(item('Cherry')).toHaveFocus()
  await userEvent.keyboard('{ArrowDown}')
  await expect.element(item('Apple')).toHaveFocus()
  await userEvent.keyboard('{End}')
  await expect.element(item('Cherry')).toHaveFocus()
  await userEvent.keyboard('{Home}')
  await expect.element(item('Apple')).toHaveFocus()
  await userEvent.keyboard('b')
  await expect.element(item('Banana')).toHaveFocus()
  await userEvent.keyboard('{Enter}')
  await expect.element(menu).not.toBeInTheDocument()
  await expect.element(opener).toHaveFocus()
  await expect.element(opener).toHaveTextContent('Banana')
})

it('Escape gives the focus back, Tab goes on to what follows, and a press beside it closes it', async () => {
  render(<Choosing />)
  await opener.click()
  await expect.element(opener).toHaveAttribute('aria-expanded', 'true')
  await userEvent.keyboard('{Escape}')
  await expect.element(menu).not.toBeInTheDocument()
  await expect.element(opener).toHaveFocus()

  await opener.click()
  await userEvent.tab()
  await expect.element(menu).not.toBeInTheDocument()
  await expect.element(page.getByRole('button', { name: 'Next' })).toHaveFocus()

  await opener.click()
  await page.getByRole('button', { name: 'Next' }).click()
  await expect.element(menu).not.toBeInTheDocument()

  await opener.click()
  await opener.click()
  await expect.element(menu).not.toBeInTheDocument()
})
