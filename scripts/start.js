// `npm start`, `npm run demo`: builds what is needed and becomes the server.
import { ensureBuilt } from './build.js'

try {
  await ensureBuilt()
} catch (error) {
  process.stderr.write(`The build failed:\n${error.message}\nRun \`npm ci\` and try again.\n`)
  process.exit(1)
}
await import('../dist/server/main.js')
