import { defineConfig } from 'vitest/config'

/** The tests that need Postgres, without a set-up of their own: the check has migrated one database for all of them. */
export default defineConfig({
  test: {
    include: ['test/{server,attacks,concurrency,model}/**/*.test.ts'],
    maxWorkers: 1,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    provide: {
      databaseKind: 'postgres',
      postgresUrl: process.env.MUTATION_DATABASE_URL ?? '',
      templateName: process.env.MUTATION_TEMPLATE ?? '',
      embeddedImage: '',
    },
  },
})
