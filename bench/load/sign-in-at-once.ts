// sign-in-at-once.ts <url> <how many>: so many sign-ins at the same moment, each from a network and at an address of its own, so that nothing but
// hashing limits them. Prints how many had which answer, as JSON.
import { Agent, request } from 'node:http'
import { toldToGo } from './go.ts'

const [url = '', count = '500'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: false })

function signIn(at: number): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': `10.${at >> 8}.${at & 255}.1` }
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST', headers }, (reply) => {
      reply.resume().on('end', () => resolve(reply.statusCode ?? 0))
    })
    const credentials = { email: `nobody-${at}@example.com`, password: 'a password that nobody here has' }
    sent.on('error', reject).end(JSON.stringify(credentials))
  })
}

await toldToGo()
const statuses = await Promise.all(Array.from({ length: Number(count) }, (_, at) => signIn(at)))
const counts: Record<string, number> = {}
for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
process.stdout.write(`${JSON.stringify(counts)}\n`)
