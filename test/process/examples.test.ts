import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../harness/postgres-server.ts'
import { StartedProcess } from '../harness/start-process.ts'
import { TestBrowser } from '../harness/test-browser.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

describe('the examples, each started with its one command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-examples-'))
  const environment: Record<string, string> = { PATH: process.env.PATH ?? '', HOME: folder }
  let demo: StartedProcess
  let orders: ChildProcess
  let dashboard: TestBrowser

  beforeAll(async () => {
    const [latchkeyPort, ordersPort] = [await freePort(), await freePort()]
    demo = new StartedProcess({ PORT: String(latchkeyPort), DATA_DIR: folder }, '--demo')
    await demo.running()
    const [, EMAIL = '', PASSWORD = ''] = /sign in as (\S+) with (\S+)/.exec(demo.output) ?? []
    const LATCHKEY_KEY = /lk_\S+/.exec(demo.output)?.[0] ?? ''
    const LATCHKEY_URL = `http://localhost:${latchkeyPort}`
    Object.assign(environment, { EMAIL, PASSWORD, LATCHKEY_URL, ORDERS_URL: `http://localhost:${ordersPort}` })

    const ordersEnvironment = { ...environment, LATCHKEY_KEY, PORT: String(ordersPort) }
    orders = spawn('npm', ['start', '-w', 'examples/orders'], { cwd: root, env: ordersEnvironment, detached: true })
    await new Promise<void>((resolve, reject) => {
      let output = ''
      for (const stream of [orders.stdout, orders.stderr])
        stream?.on('data', (chunk: Buffer) => {
          output += chunk.toString()
          if (output.includes('listens on')) resolve()
        })
      orders.once('exit', () => reject(new Error(`The orders service did not start:\n${output}`)))
    })

    dashboard = new TestBrowser(LATCHKEY_URL, { origin: LATCHKEY_URL })
    await dashboard.api.auth.signIn.mutate({ email: EMAIL, password: PASSWORD })
  }, 90_000)

  afterAll(async () => {
    // npm, and what it started, are a group of their own.
    if (orders.pid && orders.exitCode === null) process.kill(-orders.pid, 'SIGTERM')
    await demo.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Runs a command of the command-line example; answers what it printed, or what it complained about. */
  async function commandLine(...args: string[]): Promise<string> {
    const all = ['start', '--silent', '-w', 'examples/command-line', '--', ...args]
    try {
      return (await run('npm', all, { cwd: root, env: environment })).stdout.trim()
    } catch (error) {
      return `refused: ${(error as { stderr: string }).stderr.trim()}`
    }
  }

  it('sign in, order, are signed out in the dashboard, and are refused by the orders service within the bound', async () => {
    expect(await commandLine('order', 'umbrella')).toMatch(/^Ordered umbrella: /)
    expect(await commandLine('orders')).toMatch(/placed {2}umbrella$/)

    const device = (await dashboard.api.session.list.query()).find(({ name }) => name === 'Command line')
    expect(device?.current).toBe(false)
    const revokedAt = performance.now()
    await dashboard.api.session.revoke.mutate({ sessionId: device?.id ?? '' })

    let answer = await commandLine('order', 'boots')
    while (answer.startsWith('Ordered') && performance.now() - revokedAt < 10_000)
      answer = await commandLine('order', 'boots')
    expect(answer).toMatch(/^refused: .*\(SESSION_REVOKED\)$/)
    expect(performance.now() - revokedAt).toBeLessThan(10_000)
  })
})
