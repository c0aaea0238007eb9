// sign-in-steadily.ts <url> <password> <seconds> <address …>: people sign in again as soon as they are signed in, each from a browser that is known.
// Prints how many sign-ins there were a second.
import { Agent, request } from 'node:http'
import { toldToGo } from './go.ts'

const [url = '', password = '', seconds = '1', ...addresses] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })

/** Answers the cookie by which the browser is known from then on. */
function signIn(email: string, network: number, cookie: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    'x-forwarded-for': `10.0.${network}.1`,
    'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
    cookie,
  }
  return new Promise((resolve, reject) => {
    request(url, { agent, method: 'POST', headers }, (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`A sign-in was answered ${reply.statusCode}`))
      const known = reply.headers['set-cookie']?.find((line) => line.startsWith('known='))
      reply.resume().on('end', () => resolve(known?.split(';')[0] ?? cookie))
    })
      .on('error', reject)
      .end(JSON.stringify({ email, password }))
  })
}

const browsers: string[] = []
for (const [network, email] of addresses.entries()) browsers.push(await signIn(email, network, ''))
await toldToGo()
const startedAt = performance.now()
const until = startedAt + Number(seconds) * 1_000
let signedIn = 0
async function keepSigningIn(email: string, network: number): Promise<void> {
  while (performance.now() < until) {
    await signIn(email, network, browsers[network] ?? '')
    signedIn++
  }
}
await Promise.all(addresses.map(keepSigningIn))
process.stdout.write(`${JSON.stringify(signedIn / ((performance.now() - startedAt) / 1_000))}\n`)
agent.destroy()
