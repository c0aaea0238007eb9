import { defineConfig } from '@playwright/test'
import { chromiumArguments, findChromium } from './test/harness/chromium.ts'

const executablePath = findChromium('The browser tests')

export default defineConfig({
  testDir: 'test/browser',
  testMatch: executablePath ? '**/*.test.ts' : [],
  globalSetup: './test/harness/build.ts',
  outputDir: 'test-results',
  workers: 1,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    ...(executablePath ? { launchOptions: { executablePath, args: chromiumArguments } } : {}),
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
  },
})
