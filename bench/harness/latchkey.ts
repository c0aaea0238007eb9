import { fileURLToPath } from 'node:url'
import { ensureBuilt } from '../../scripts/build.js'
import { freePort } from '../../test/harness/postgres-server.ts'
import { TestBrowser } from '../../test/harness/test-browser.ts'
import { type Measured, startProcess } from './process.ts'

export const password = 'correct horse battery staple'
export const secret = 'a secret that is only good for measuring'

/** Instances behind one address issue tokens in one name; here, where each has an address of its own, it is said apart. */
export const asOne = { TOKEN_ISSUER: 'https://bench.example', TOKEN_AUDIENCE: 'https://bench.example' }

const main = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url))

export type LatchkeyOptions = {
  /** `embedded`, or the address of a Postgres. */
  databaseUrl: string
  environment?: Record<string, string>
  cores?: number | string
  /** Node's own flags. */
  flags?: readonly string[]
  /** Where its data is, for a second start on the same. */
  folder?: string
}

/** Latchkey as it is shipped: the build, its defaults, its log. Production is what it is run in, but for https, which a proxy would end. */
export async function startLatchkey({
  databaseUrl,
  environment = {},
  cores,
  flags = [],
  folder,
}: LatchkeyOptions): Promise<Measured & { browser(headers?: Record<string, string>): TestBrowser }> {
  await ensureBuilt()
  const port = await freePort()
  const url = `http://localhost:${port}`
  const measured = await startProcess([...flags, main], {
    url,
    readyPath: '/readyz',
    environment: {
      NODE_ENV: '',
      DATABASE_URL: databaseUrl,
      SECRET: secret,
      HOST: 'localhost',
      PORT: String(port),
      PUBLIC_URL: url,
      TRUSTED_PROXIES: '127.0.0.1,::1',
      ...environment,
    },
    ...(cores === undefined ? {} : { cores }),
    ...(folder === undefined ? {} : { folder }),
  })
  return { ...measured, browser: (headers = {}) => new TestBrowser(url, { origin: url, headers }) }
}
