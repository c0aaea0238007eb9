// `npm run soak -- --minutes 10`: people with laptops and phones, thieves and revocations against three instances on one Postgres,
// while instances are killed, connections cut and the database stopped. Exits with 1 if an honest person was signed out.
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startFleet } from '../test/harness/fleet.ts'
import { startTcpProxy } from '../test/harness/tcp-proxy.ts'
import { ensureBuilt } from './build.js'
import { random } from './soak/device.ts'
import { failNowAndThen } from './soak/faults.ts'
import { createLedger, type Ledger } from './soak/ledger.ts'
import { newPerson, revokeNowAndThen, stealNowAndThen } from './soak/people.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, people: { type: 'string', default: '20' } },
})
const minutes = Number(values.minutes)
const headCount = Number(values.people)
if (!(minutes > 0 && headCount > 0)) throw new Error('Write --minutes 10 --people 20')

const print = (line: string) => process.stdout.write(`${line}\n`)
const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`

function progress(ledger: Ledger, elapsedSeconds: number): string {
  const { requests, refreshes, replays, theftsPlanted, theftsDetected, revocations, honestSignedOut } = ledger
  const counts = { requests, refreshes, replays, revocations, thefts: `${theftsDetected}/${theftsPlanted}` }
  const text = Object.entries({ ...counts, 'signed out by accident': honestSignedOut })
  return `${String(elapsedSeconds).padStart(5)} s  ${text.map(([name, count]) => `${name} ${count}`).join(', ')}`
}

await ensureBuilt()
const ledger = createLedger()
const fleet = await startFleet({ instances: 3, environment: { ACCESS_TOKEN_TTL: '10s' } })
const fronts = await Promise.all(fleet.members.map(({ url }) => startTcpProxy({ port: Number(new URL(url).port) })))
const doors = fronts.map((front, index) => front.through(fleet.member(index).url))
const servers = { pick: () => doors[random(doors.length)] ?? '' }
const people = await Promise.all(Array.from({ length: headCount }, (_, index) => newPerson(index, servers, ledger)))
const devices = people.flatMap(({ laptop, phone }) => [laptop, phone])

print(`${headCount} people with two devices each, three instances, one Postgres, ${minutes} minute(s)`)
const stopping = new AbortController()
const startedAt = Date.now()
const memoryAtStart = fleet.members.map((member) => member.residentBytes())
const world = { people, fleet, fronts, ledger }
const acting = Promise.all([
  ...devices.map((device) => device.live(stopping.signal)),
  ...Array.from({ length: 3 }, () => revokeNowAndThen(world, stopping.signal)),
  stealNowAndThen(world, stopping.signal),
  failNowAndThen(world, stopping.signal),
])
const clock = setInterval(() => print(progress(ledger, Math.round((Date.now() - startedAt) / 1000))), 10_000)
try {
  await Promise.race([acting, delay(minutes * 60_000)])
  stopping.abort()
  await acting
  // Everybody once more, when nothing fails any longer.
  for (const device of devices) {
    const { status } = await device.ask('auth.whoami')
    if (status !== 200 && !device.endingExpected) ledger.remark('honestSignedOut', `${device.email} at the end`)
  }
} catch (error) {
  stopping.abort()
  ledger.remark('unexpectedAnswers', String(error))
}
clearInterval(clock)

const memoryAtEnd = fleet.members.map((member) => member.residentBytes())
const errors = fleet.takeErrors()
for (const line of errors) ledger.remark('unexpectedAnswers', `logged: ${JSON.stringify(line)}`)

const { faults, remarks, ...counts } = ledger
const memory = memoryAtStart.map((bytes, index) => `${megabytes(bytes)} → ${megabytes(memoryAtEnd[index] ?? 0)}`)
const rows: [string, string | number][] = [
  ['length', `${Math.round((Date.now() - startedAt) / 1000)} s`],
  ['requests', counts.requests],
  ['asked again', counts.retries],
  ['refreshes', counts.refreshes],
  ['replays', counts.replays],
  ['replies lost on purpose', counts.lostReplies],
  ['sign-ins', counts.signIns],
  ['revocations', counts.revocations],
  ...Object.entries(faults),
  ['thefts planted', counts.theftsPlanted],
  ['thefts detected', counts.theftsDetected],
  ['honest people signed out', counts.honestSignedOut],
  ['revoked, still let in', counts.revokedStillIn],
  ['second token for a generation', counts.siblingTokens],
  ['unexpected answers and errors', counts.unexpectedAnswers],
  ...memory.map((text, index): [string, string] => [`memory of instance ${index + 1}`, text]),
]
print('')
for (const [name, value] of rows) print(`${name.padEnd(32)}${value}`)
for (const remark of remarks) print(remark)

await fleet.close()
await Promise.all(fronts.map((front) => front.close()))
const faultless =
  counts.honestSignedOut + counts.revokedStillIn + counts.siblingTokens + counts.unexpectedAnswers === 0 &&
  counts.theftsDetected === counts.theftsPlanted
process.exit(faultless ? 0 : 1)
