// Loaded into a server before anything else: prints how late its event loop was since the last time, whenever the server gets SIGWINCH.
import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolution = 2
const delays = monitorEventLoopDelay({ resolution })
delays.enable()
process.on('SIGWINCH', () => {
  const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution)
  const measured = { p50: late(delays.percentile(50)), p99: late(delays.percentile(99)), max: late(delays.max) }
  process.stdout.write(`${JSON.stringify({ event: 'event_loop_delay', level: 30, ...measured })}\n`)
  delays.reset()
})
