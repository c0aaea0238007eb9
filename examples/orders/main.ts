import { createVerifier } from '@latchkey/client'
import { buildOrdersService } from './service.ts'

const { LATCHKEY_URL = 'http://localhost:3000', LATCHKEY_KEY, PORT = '4000' } = process.env

if (!LATCHKEY_KEY) {
  console.error('Set LATCHKEY_KEY to a service key with the scope revocations:read. `npm run demo` prints one.')
  process.exit(1)
}

const verifier = createVerifier({
  issuer: LATCHKEY_URL,
  audience: LATCHKEY_URL,
  revocation: { serviceKey: LATCHKEY_KEY, whenStale: 'refuse' },
  onTrouble: (error) => console.error('Latchkey:', error instanceof Error ? error.message : error),
})
const app = await buildOrdersService(verifier)
await app.listen({ port: Number(PORT) })
await verifier.ready()
console.log(`The orders service listens on http://localhost:${PORT} and trusts ${LATCHKEY_URL}.`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
