import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../scripts/latchkey.js', import.meta.url))

export type Run = { code: number | null; output: string; errors: string; json: Record<string, unknown> }

/** One run of `npx latchkey …`, without npm around it, in an environment of its own; `input` is what is written to it. */
export async function runLatchkey(
  environment: Record<string, string>,
  args: readonly string[],
  { input = '' }: { input?: string } = {},
): Promise<Run> {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said = { output: '', errors: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.errors += chunk.toString()
  })
  // A command that takes no input may be gone before it is written.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const json = args.includes('--json') ? (JSON.parse(said.output) as Record<string, unknown>) : {}
  return { code, ...said, json }
}
