import { spawn } from 'node:child_process'
import { otherCores, pinned } from './cores.ts'

export type Load = { requestsPerSecond: number; p50Milliseconds: number; p99Milliseconds: number }

const units: Record<string, number> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 }

function milliseconds(output: string, row: string): number {
  const [, value, unit = ''] = new RegExp(`^\\s+${row}\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(output) ?? []
  return Number(value) * (units[unit] ?? Number.NaN)
}

/** Loads `url` from the other cores for so many seconds with so many kept-alive connections, each asking again as soon as it is answered. Any reply but 2xx or 3xx is a fault of the harness. */
export async function load(
  url: string,
  { seconds, connections, headers = {} }: { seconds: number; connections: number; headers?: Record<string, string> },
): Promise<Load> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const settings = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--latency', ...given, url]
  const child = spawn(...pinned(otherCores, ['wrk', ...settings]), { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  const requestsPerSecond = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(output)?.[1])
  if (!requestsPerSecond || /Non-2xx|Socket errors/.test(output)) throw new Error(`wrk ${url}:\n${output}`)
  return {
    requestsPerSecond,
    p50Milliseconds: milliseconds(output, '50%'),
    p99Milliseconds: milliseconds(output, '99%'),
  }
}
