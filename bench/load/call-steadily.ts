// call-steadily.ts <url> <cookie> <calls a second>: calls at a steady pace, whether earlier calls have been answered or not, until it is told to
// stop by SIGTERM. Prints the latencies in milliseconds as JSON.
import { Agent, get } from 'node:http'
import { toldToGo } from './go.ts'

const [url = '', cookie = '', callsPerSecond = '100'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })
const latencies: number[] = []
let outstanding = 0
let stopping = false

function finishWhenAnswered(): void {
  if (!stopping || outstanding > 0) return
  process.stdout.write(`${JSON.stringify(latencies)}\n`)
  agent.destroy()
}

function call(): void {
  const startedAt = performance.now()
  outstanding++
  get(url, { agent, headers: { cookie } }, (reply) => {
    if (reply.statusCode !== 200) throw new Error(`An authenticated call was answered ${reply.statusCode}`)
    reply.resume().on('end', () => {
      latencies.push(performance.now() - startedAt)
      outstanding--
      finishWhenAnswered()
    })
  })
}

await toldToGo()
const pace = 1_000 / Number(callsPerSecond)
const begunAt = performance.now()
let calls = 0
// A timer alone drifts: whatever is due by now is called.
const timer = setInterval(() => {
  while (begunAt + calls * pace <= performance.now()) {
    calls++
    call()
  }
}, 1)
process.on('SIGTERM', () => {
  clearInterval(timer)
  stopping = true
  finishWhenAnswered()
})
