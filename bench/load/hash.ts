// hash.ts <library> <seconds>: hashes passwords as the server does, two at a time, and does nothing else. Prints how many it made a second.
import { hash as hashByNodeRs } from '@node-rs/argon2'
import argon2 from 'argon2'
import { toldToGo } from './go.ts'

const [library = '', seconds = '1'] = process.argv.slice(2)
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const hashWith: Record<string, (password: string) => Promise<string>> = {
  argon2: (password) => argon2.hash(password, { ...parameters, type: argon2.argon2id }),
  '@node-rs/argon2': (password) => hashByNodeRs(password, parameters),
}
const hash = hashWith[library]
if (!hash) throw new Error(`There is no library ${library} here`)

await toldToGo()
const startedAt = performance.now()
const until = startedAt + Number(seconds) * 1_000
let made = 0
async function keepHashing(work: (password: string) => Promise<string>): Promise<void> {
  while (performance.now() < until) {
    await work(`password number ${made}`)
    made++
  }
}
await Promise.all([keepHashing(hash), keepHashing(hash)])
process.stdout.write(`${JSON.stringify(made / ((performance.now() - startedAt) / 1_000))}\n`)
