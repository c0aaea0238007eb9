import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { chromiumArguments, findChromium } from './test/harness/chromium.ts'

/** The client as it is in the sources: tests do not wait for a build. */
const alias = [
  { find: /^@latchkey\/client$/, replacement: fileURLToPath(new URL('client/index.ts', import.meta.url)) },
  { find: /^@latchkey\/client\/(fastify|trpc)$/, replacement: fileURLToPath(new URL('client/$1.ts', import.meta.url)) },
]

const server = {
  globalSetup: 'test/harness/global-setup.ts',
  testTimeout: 20_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 5_000 } },
}

const executablePath = findChromium('The tests of components')

/** Components whose logic is their own, in a real browser. */
const components = {
  plugins: [react()],
  // Found before the first test, so that the page is not reloaded in the middle of one.
  optimizeDeps: {
    include: [
      'react',
      'react-dom/client',
      'react/jsx-dev-runtime',
      '@mantine/core',
      '@tabler/icons-react',
      '@tanstack/react-router',
      '@trpc/client',
    ],
  },
  test: {
    name: 'components',
    include: ['test/components/**/*.test.tsx'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { ...(executablePath && { executablePath }), args: chromiumArguments } }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      ...(executablePath ? [components] : []),
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          globalSetup: 'test/harness/build.ts',
          testTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'packaging',
          include: ['test/packaging/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          ...server,
          name: 'embedded',
          include: [
            'test/server/**/*.test.ts',
            'test/attacks/**/*.test.ts',
            'test/client/**/*.test.ts',
            'test/model/family.test.ts',
          ],
          provide: { databaseKind: 'embedded' },
        },
      },
      {
        test: {
          ...server,
          name: 'postgres',
          include: [
            'test/server/**/*.test.ts',
            // The attacks whose answer is the database's.
            'test/attacks/{refresh,sign-in,authorization,platform}/**/*.test.ts',
            'test/concurrency/**/*.test.ts',
            'test/model/**/*.test.ts',
          ],
          provide: { databaseKind: 'postgres' },
        },
      },
      // Minutes long: `npm run test:faults`.
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: 'test/harness/build.ts',
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
})
