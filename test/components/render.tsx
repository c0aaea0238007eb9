import '../../web/mantine.css'
import '../../web/theme.css'
import { MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { onTestFinished } from 'vitest'

/** Puts a component on the page for one test, in the frame that the dashboard gives it. */
export function render(component: ReactNode): void {
  const place = document.body.appendChild(document.createElement('main'))
  const root = createRoot(place)
  root.render(<MantineProvider>{component}</MantineProvider>)
  onTestFinished(() => {
    root.unmount()
    place.remove()
  })
}
