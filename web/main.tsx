import { nonce } from './nonce.ts'
import './mantine.css'
import './theme.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { router } from './router.tsx'
import { followSession } from './session-lifecycle.ts'
import { text } from './text.ts'
import { colorSchemeManager, cssVariables, theme } from './theme.ts'
import { queryClient } from './trpc.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')

const NoToasts = () => null

// Nothing has anything to say before the first page stands; what is said meanwhile appears with them.
const Toasts = lazy(async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const { Toasts } = await import('./shell/toasts.tsx').catch(() => ({ Toasts: NoToasts }))
  return { default: Toasts }
})

document.documentElement.lang = text.language
followSession()

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      <Suspense fallback={null}>
        <Toasts />
      </Suspense>
    </MantineProvider>
  </StrictMode>,
)
