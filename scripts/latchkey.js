#!/usr/bin/env node
// `npx latchkey …`: builds what is needed and becomes the command line.
import { ensureBuilt } from './build.js'

try {
  await ensureBuilt()
} catch (error) {
  process.stderr.write(`The build failed:\n${error.message}\nRun \`npm ci\` and try again.\n`)
  process.exit(1)
}
process.argv.splice(2, 0, 'command')
await import('../dist/server/main.js')
